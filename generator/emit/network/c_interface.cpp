#include "emit/network/c_interface.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "emit/print/file_header.h"
#include "emit/print/template.h"
#include "plan/names.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// What stands beside the arena in NAME::Workspace: two pointers and a number, in lines of 64 bytes.
constexpr std::int64_t workspace_rest = 64;

std::int64_t workspace_bytes(const Interface& interface) {
    return (interface.footprint.arena_bytes + 63) / 64 * 64 + workspace_rest;
}

/// Of several targets each has its own file, and a function says which is wanted.
std::string print_weights(const Interface& interface, const char* of_several, const char* of_all,
                          const TemplateValues& values) {
    if (interface.weights_form != WeightsForm::file) return "";
    return (interface.several_targets ? fill_template(of_several, {{"network", interface.name}}) + "\n" : "") +
           fill_template(of_all, values);
}

std::string print_c_header(const Interface& interface) {
    const std::string& name = interface.name;
    const TemplateValues network{{"network", name}};
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const char* functions = interface.head ? "network/c_interface_detector.h" : "network/c_interface_classifier.h";
    return fill_template(
        "network/c_interface.h",
        {{"header", file_header(interface.command)},
         {"network", name},
         {"upper", macro_name(name)},
         {"input_height", number(interface.input.height)},
         {"input_width", number(interface.input.width)},
         {"input_channels", number(interface.input.channels)},
         {"input_format", upper_case(spell(interface.order))},
         {"classes", number(interface.classes)},
         {"constants", interface.head ? fmt::format("#define {}_PRIORS {}  // rows of the raw outputs",
                                                    macro_name(name), interface.head->priors)
                                      : ""},
         {"arena_bytes", number(interface.footprint.arena_bytes)},
         {"weights_bytes", number(interface.footprint.weights_bytes)},
         {"workspace_bytes", number(workspace_bytes(interface))},
         {"thread_scratch_bytes", number(interface.footprint.thread_scratch_bytes)},
         {"weights_interface",
          print_weights(
              interface, "network/c_interface_weights_file.h", "network/c_interface_weights.h",
              {{"network", name}, {"file", name + (interface.several_targets ? "_weights_file()" : "_weights.bin")}})},
         {"interface", fill_template(functions, network)}});
}

std::string print_c_source(const Interface& interface) {
    const TemplateValues network{{"network", interface.name}};
    const char* entries = interface.head ? "network/c_entries_detector.cpp" : "network/c_entries_classifier.cpp";
    return fill_template("network/c_interface.cpp",
                         {{"header", file_header(interface.command)},
                          {"network", interface.name},
                          {"weights_entry", print_weights(interface, "network/c_entries_weights_file.cpp",
                                                          "network/c_entries_weights.cpp", network)},
                          {"entries", fill_template(entries, network)}});
}

}  // namespace

void emit_c_interface(const Interface& interface, FileSet& files) {
    files.add(interface.name + "_c.h", print_c_header(interface));
    files.add(interface.name + "_c.cpp", print_c_source(interface));
}

}  // namespace ssdgen
