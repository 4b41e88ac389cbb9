#include "emit/network/c_interface.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "emit/print/file_header.h"
#include "emit/print/names.h"
#include "emit/print/template.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// What stands beside the arena in NAME::Workspace: two pointers and a number, in lines of 64 bytes.
constexpr std::int64_t workspace_rest = 64;

std::int64_t workspace_bytes(const Plan& plan) { return (plan.arena_size * 4 + 63) / 64 * 64 + workspace_rest; }

std::string print_weights(const Plan& plan, WeightsForm form, bool several, const char* of_several, const char* of_all,
                          TemplateValues values) {
    if (form != WeightsForm::file) return "";
    return (several ? fill_template(of_several, {{"network", plan.name}}) + "\n" : "") + fill_template(of_all, values);
}

std::string print_c_header(const Plan& plan, WeightsForm form, bool several) {
    const TemplateValues network{{"network", plan.name}};
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    return fill_template(
        "network/c_interface.h",
        {{"header", file_header(plan)},
         {"network", plan.name},
         {"upper", macro_name(plan.name)},
         {"input_height", number(plan.input.height)},
         {"input_width", number(plan.input.width)},
         {"input_channels", number(plan.input.channels)},
         {"input_format", upper_case(spell(plan.order))},
         {"classes", number(plan.classes)},
         {"constants", plan.head ? fmt::format("#define {}_PRIORS {}  // rows of the raw outputs",
                                               macro_name(plan.name), plan.head->priors)
                                 : ""},
         {"arena_bytes", number(plan.arena_size * 4)},
         {"weights_bytes", number(plan.weights_size * 4)},
         {"workspace_bytes", number(workspace_bytes(plan))},
         {"thread_scratch_bytes", number(plan.thread_scratch_size * 4)},
         {"weights_interface",
          print_weights(
              plan, form, several, "network/c_interface_weights_file.h", "network/c_interface_weights.h",
              {{"network", plan.name}, {"file", plan.name + (several ? "_weights_file()" : "_weights.bin")}})},
         {"interface",
          fill_template(plan.head ? "network/c_interface_detector.h" : "network/c_interface_classifier.h", network)}});
}

std::string print_c_source(const Plan& plan, WeightsForm form, bool several) {
    const TemplateValues network{{"network", plan.name}};
    return fill_template(
        "network/c_interface.cpp",
        {{"header", file_header(plan)},
         {"network", plan.name},
         {"weights_entry", print_weights(plan, form, several, "network/c_entries_weights_file.cpp",
                                         "network/c_entries_weights.cpp", network)},
         {"entries",
          fill_template(plan.head ? "network/c_entries_detector.cpp" : "network/c_entries_classifier.cpp", network)}});
}

}  // namespace

void emit_c_interface(const Plan& plan, WeightsForm form, FileSet& files, bool several) {
    files.add(plan.name + "_c.h", print_c_header(plan, form, several));
    files.add(plan.name + "_c.cpp", print_c_source(plan, form, several));
}

}  // namespace ssdgen
