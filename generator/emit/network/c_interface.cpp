#include "emit/network/c_interface.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "emit/network/entries.h"
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

std::string print_c_header(const Interface& interface) {
    const std::string& name = interface.name;
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    return fill_template("network/c_interface.h",
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
                          {"stack_bytes", number(interface.footprint.stack_bytes)},
                          {"interface", print_c_declarations(interface)}});
}

std::string print_c_source(const Interface& interface) {
    return fill_template("network/c_interface.cpp", {{"header", file_header(interface.command)},
                                                     {"network", interface.name},
                                                     {"entries", print_c_definitions(interface)}});
}

}  // namespace

void emit_c_interface(const Interface& interface, FileSet& files) {
    files.add(interface.name + "_c.h", print_c_header(interface));
    files.add(interface.name + "_c.cpp", print_c_source(interface));
}

}  // namespace ssdgen
