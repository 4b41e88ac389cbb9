#include "emit/network/layers.h"

#include "emit/network/compact.h"
#include "emit/network/kernel_facts.h"
#include "emit/network/streams.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/numbers.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "emit/print/vectors.h"
#include "emit/print/wrap.h"
#include "kernel/count.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/traits.h"
#include "kernel/unroll.h"
#include "plan/kernels.h"
#include "plan/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ssdgen {

namespace {

std::string stage_header(const std::string& command, const Stage& stage) {
    std::string text = file_header(command) + "//\n";
    for (const ObservedLayer& layer : stage.layers) text += "// " + layer_text(layer) + "\n";
    return text;
}

/// A kernel in C++, and its signature.
class KernelCode {
  public:
    KernelCode(const Plan& plan, const Step& step, const Stage& stage)
        : compact_(is_compact(plan, stage)),
          step_(step),
          stage_(stage),
          target_(plan.target),
          tree_(make_tree(plan, stage)),
          lanes_(vector_unit(plan.target, Element::f32).lanes),
          compact_space_(compact_ ? compact_space(plan) : ""),
          space_(kernel_space(plan, identifier(stage.name), file("", ""), use())) {}

    /// Declarations of what the kernel's file defines for others.
    std::string declarations() const {
        std::string text;
        for (const Function& function : entries()) text += print_signature(function, function.name) + ";\n";
        return fmt::format("namespace {} {{\n{}}}\n", space_, text);
    }

    /// The same as names of the network's own.
    std::string names() const {
        std::string text;
        for (const Function& function : entries()) text += fmt::format("using {}::{};\n", space_, function.name);
        return text;
    }

    /// The function of a layer that is a step for itself: a name for its kernel.
    std::string layer_function(const std::string& name) const {
        const Function& entry = tree_.functions.back();
        return fmt::format("inline {} {{\n    kernels::{}({});\n}}\n", print_signature(entry, name), stage_.kernel_name,
                           print_arguments(entry));
    }

    const std::string& space() const { return space_; }

    VectorUse use() const { return vector_use(tree_.functions.back()); }

    /// header: the layers' names and shapes.
    std::string file(const std::string& header) const {
        return file(header + kernel_facts(target_, stage_) + (compact_ ? "" : counts_text()), space_);
    }

  private:
    std::vector<Function> entries() const {
        if (step_.stream && step_.unrolled) return unrolled_functions();
        std::vector<Function> entries{tree_.functions.back()};
        if (reads_picture()) entries.push_back(stage_row());
        return entries;
    }

    std::string file(const std::string& header, const std::string& space) const {
        return wrap_lines(text(header, space));
    }

    std::string text(const std::string& header, const std::string& space) const {
        if (compact_) return compact_file(header, space);
        if (step_.unrolled) return step_.stream ? unrolled_rows_file(header, space) : unrolled_file(header, space);
        TemplateValues values{{"header", header},
                              {"space", space},
                              {"shape", print_shape(tree_.numbers)},
                              {"functions", functions()},
                              {"entry", print_entry(tree_.functions.back(), target_, tree_.numbers)},
                              {"stage_row", reads_picture() ? "\n" + print_entry(stage_row(), target_) : ""}};
        return fill_template("layers/kernel.cpp", values);
    }

    /// Compact kernels use every parameter, so none loses its name.
    static KernelTree make_tree(const Plan& plan, const Stage& stage) {
        KernelTree tree = lower_kernel(stage.kernel, stage.kernel_name, plan.target);
        return is_compact(plan, stage) ? tree : simplify(std::move(tree));
    }

    std::string compact_file(const std::string& header, const std::string& space) const {
        const std::string signature_text = print_signature(tree_.functions.back(), stage_.kernel_name);
        return fill_template("layers/compact_layer.cpp",
                             {{"header", header},
                              {"space", space},
                              {"compact_space", compact_space_},
                              {"shape", print_shape(tree_.numbers)},
                              {"layer", print_compact_layer(stage_, tree_.numbers)},
                              {"function", print_compact_function(target_, step_, stage_, signature_text)},
                              {"stage_row", reads_picture() ? print_entry(stage_row(), target_) : ""},
                              {"vectors", reads_picture() ? "#include \"vectors.h\"" : ""}});
    }

    /// Whether the picture's rows are made floats for it.
    bool reads_picture() const {
        return std::holds_alternative<PictureKernel>(stage_.kernel.kind) && !stage_.kernel.whole;
    }

    Function stage_row() const { return lower_stage_row(stage_.kernel, stage_row_name(stage_), target_); }

    std::string unrolled_file(const std::string& header, const std::string& space) const {
        const KernelTree whole = unroll_whole(tree_, kernel_units(stage_.kernel));
        std::string signature_text = print_signature(tree_.functions.back(), stage_.kernel_name);
        const std::string range = "int first, int end";
        signature_text.replace(signature_text.find(range), range.size(), "int, int");  // all units at once
        return fill_template("layers/unrolled_kernel.cpp", {{"header", header},
                                                            {"space", space},
                                                            {"shape", print_shape(tree_.numbers)},
                                                            {"shared", target_.toolchain.shared},
                                                            {"attribute", vector_attribute(target_, use())},
                                                            {"signature", signature_text},
                                                            {"body", print_body(whole.functions.back(), target_)}});
    }

    std::vector<Function> unrolled_functions() const {
        std::vector<Function> functions;
        for (UnrolledRows& form : unroll_rows(stage_.kernel, tree_)) functions.push_back(std::move(form.function));
        if (reads_picture()) functions.push_back(unroll_function(stage_row()));
        return functions;
    }

    std::string unrolled_rows_file(const std::string& header, const std::string& space) const {
        std::string functions;
        for (const Function& function : unrolled_functions())
            functions += (functions.empty() ? "" : "\n") + print_entry(function, target_);
        return fill_template(
            "layers/unrolled_rows.cpp",
            {{"header", header}, {"space", space}, {"shape", print_shape(tree_.numbers)}, {"functions", functions}});
    }

    std::string functions() const {
        std::string text;
        for (std::size_t index = 0; index + 1 < tree_.functions.size(); ++index)
            text += (index ? "\n" : "") + print_function(tree_.functions[index], target_, tree_.numbers);
        return text;
    }

    std::string counts_text() const {
        std::int64_t macs = 0;
        for (const ObservedLayer& layer : stage_.layers) macs += layer.macs;
        const Counts counts = count(tree_, kernel_units(stage_.kernel));
        return fmt::format("// {} multiply-adds; in vectors of {}: {} multiply-adds, {} loads, {} stores.\n",
                           print_grouped(macs), lanes_, print_grouped(counts.multiply_adds),
                           print_grouped(counts.loads), print_grouped(counts.stores));
    }

    bool compact_;
    const Step& step_;
    const Stage& stage_;
    const Target& target_;
    KernelTree tree_;
    int lanes_;
    std::string compact_space_;  // of the kernels that a compact layer calls
    std::string space_;
};

/// What the namespaces of kernels say (emit/print/kernel_space.h).
const char* sharing_text(const Target& target) {
    return shares_kernels(target) ? "A kernel's namespace states its code: networks of one program\n"
                                    "// share the kernels that they have in common."
                                  : "A kernel's namespace states network and file.";
}

/// A kernel that several stages share stands in the file of the first.
struct Owner {
    std::string file;
    std::string sharers;
};

std::map<std::string, Owner> kernel_owners(const Plan& plan) {
    std::map<std::string, Owner> owners;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            const auto [owner, first] = owners.emplace(stage.kernel_name, Owner{identifier(stage.name), ""});
            if (!first) owner->second.sharers += (owner->second.sharers.empty() ? "" : ", ") + stage.name;
        }
    return owners;
}

}  // namespace

std::vector<std::string> layer_sources(const Plan& plan) {
    const std::map<std::string, Owner> owners = kernel_owners(plan);
    std::vector<std::string> sources;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            const std::string name = identifier(stage.name);
            if (owners.at(stage.kernel_name).file == name) sources.push_back("layers/" + name + ".cpp");
        }
    if (plan.compact) sources.push_back(compact_file);
    return sources;
}

std::vector<std::string> layer_headers(const Plan& plan) {
    std::vector<std::string> headers{"layers/layers.h", "layers/streams.h", "layers/vectors.h"};
    if (plan.compact) headers.push_back("layers/compact.h");
    return headers;
}

KernelPlaces emit_layers(const Emission& emission, FileSet& files) {
    const Plan& plan = emission.plan;
    const std::map<std::string, Owner> owners = kernel_owners(plan);
    std::string declarations, kernel_list, layer_list;
    KernelPlaces places;
    VectorUse use = VectorUse::floats;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            const KernelCode code(plan, step, stage);
            use = std::max(use, code.use());
            const std::string name = identifier(stage.name);
            const Owner& owner = owners.at(stage.kernel_name);
            std::string header = stage_header(emission.command, stage);
            if (!step.stream)
                layer_list += fmt::format("{}// {}.cpp\n{}", layer_list.empty() ? "" : "\n", owner.file,
                                          code.layer_function(function_name(stage.name)));
            if (owner.file != name) continue;
            if (!owner.sharers.empty()) header += "// The kernel also serves " + owner.sharers + ".\n";
            declarations += code.declarations();
            kernel_list += code.names();
            const std::string path = "layers/" + name + ".cpp";
            files.add(path, code.file(header));
            places[stage.kernel_name] = {path, code.space()};
        }
    files.add("layers/layers.h", wrap_lines(fill_template("layers/layers.h", {{"header", file_header(emission.command)},
                                                                              {"guide", emission.guide},
                                                                              {"network", emission.name},
                                                                              {"sharing", sharing_text(plan.target)},
                                                                              {"declarations", declarations},
                                                                              {"kernels", kernel_list},
                                                                              {"layers", layer_list}})));
    files.add("layers/streams.h", print_streams(emission));
    if (plan.compact) emit_compact(emission, files);
    files.add("layers/vectors.h", print_vectors(plan.target, use));
    return places;
}

std::string print_kernels(const Plan& plan) {
    std::string text;
    std::set<std::string> seen;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            if (!seen.insert(stage.kernel_name).second) continue;
            text += "kernel " + stage.kernel_name + "\n" + KernelCode(plan, step, stage).file("") + "\n";
        }
    if (plan.compact) text += "kernels of all shapes\n" + print_compact_kernels(plan) + "\n";
    const std::string streams = print_stream_classes(plan, RunKind::product);
    return streams.empty() ? text : text + "streams\n" + streams;
}

}  // namespace ssdgen
