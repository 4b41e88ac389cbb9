#include "sweep/chain.h"

#include "emit/folder/build_file.h"
#include "support/error.h"
#include "support/files.h"
#include "support/process.h"
#include "support/words.h"
#include "sweep/ninja_edge.h"

#include <filesystem>

namespace ssdgen {

namespace fs = std::filesystem;

namespace {

// What CMake makes of the emitted CMakeLists.txt, without a build type given, beside emitted_options
// (emit/build_file.h).
const std::vector<std::string> release_options = {"-O3", "-DNDEBUG"};
const std::vector<std::string> library_options = {"-std=gnu++17", "-fPIC", "-fvisibility=hidden",
                                                  "-fvisibility-inlines-hidden"};
const std::vector<std::string> program_options = {"-std=gnu++17"};

std::string number(double value) { return fmt::format("{}", value); }

class Chain {
  public:
    Chain(const SweepOptions& options, const NinjaSetting& setting, const NinjaPoint& point)
        : options_(options), setting_(setting), point_(point), id_(point.point.id()), folder_("points/" + id_) {}

    std::string compile_text() {
        if (point_.failed) return "";
        std::string text = generate() + headers();
        std::vector<std::string> library, program;
        for (const std::string& source : point_.files.paths({Role::c_source}))
            text += object(source, object_name(source), library_options, library);
        // The programs share the rest, and do not speak C.
        for (const std::string& source : point_.files.paths({Role::network, Role::kernel, Role::weights_source})) {
            const bool assembled = fs::path(source).extension() == ".S";
            text +=
                assembled ? assembly(source, library) : object(source, object_name(source), library_options, library);
            program.push_back(library.back());
        }
        for (const std::string& source : point_.files.paths({Role::benchmark, Role::observer, Role::peak}))
            text += object(source, object_name(source), program_options, program);
        text += archive(library) + link(setting_.network + "_bench", "link-bench.json", program);
        if (evaluates()) text += evaluation();
        return text;
    }

    std::string measure_text(const std::vector<std::string>& compiled) {
        std::string text;
        std::vector<std::string> inputs;
        if (!point_.failed) text = measurements(compiled, inputs);
        inputs.insert(inputs.end(), {folder_ + "/point.json", setting_.ssdgen});
        const std::string command = shell_words({setting_.ssdgen, "sweep-step", "row", "--", folder_});
        return text + edge_text({{row()}, inputs, {}, command, "row " + id_, true, true});
    }

    std::string row() const { return folder_ + "/row.json"; }

    /// What is there before anything is measured.
    std::vector<std::string> compiled() const {
        if (point_.failed) return {};
        std::vector<std::string> files{built("archive-library.json"), built("link-bench.json")};
        if (evaluates()) files.push_back(evaluated());
        return files;
    }

  private:
    /// Adds what the row needs to `made`.
    std::string measurements(const std::vector<std::string>& compiled, std::vector<std::string>& made) const {
        std::string text;
        for (const int threads : options_.threads) {
            made.push_back(fmt::format("{}/measured_{}.json", folder_, threads));
            std::vector<std::string> words{
                built(setting_.network + "_bench"), "--threads", std::to_string(threads), "--runs",
                std::to_string(options_.runs),      "--json"};
            if (threads == 1) words.push_back("--layers");
            const std::string command = attempt(made.back(), "", options_.runner + " " + shell_words(words));
            text += edge_text({{made.back()},
                               {built("link-bench.json"), "machine"},
                               compiled,
                               command,
                               fmt::format("measure {} on {} thread{}", id_, threads, threads == 1 ? "" : "s"),
                               false,
                               true});
        }
        made.insert(made.end(), {folder_ + "/generated.json", built("archive-library.json")});
        if (evaluates()) made.push_back(evaluated());
        return text;
    }

    bool evaluates() const { return !options_.evaluate.empty(); }
    std::string evaluated() const { return folder_ + "/evaluated.json"; }

    /// The program that finds objects in pictures, on the library that is measured for its size, and what it makes of
    /// those pictures. A runner may stand for one board: then one evaluation at a time.
    std::string evaluation() const {
        std::vector<std::string> parts;
        std::string text;
        for (const std::string& file : point_.files.paths({Role::application}))
            text += object(file, object_name(file), program_options, parts);
        parts.push_back(built("lib" + setting_.network + ".a"));
        text += link(setting_.network + "_detect", "link-detect.json", parts);
        std::vector<std::string> words{built(setting_.network + "_detect"), options_.evaluate, "--truth",
                                       options_.truth, "--json"};
        std::vector<std::string> inputs{built("link-detect.json"), "evaluation.state", options_.truth};
        if (!options_.labels.empty()) {
            words.insert(words.end(), {"--labels", options_.labels});
            inputs.push_back(options_.labels);
        }
        return text + edge_text({{evaluated()},
                                 inputs,
                                 {},
                                 attempt(evaluated(), "", options_.runner + " " + shell_words(words)),
                                 "evaluate " + id_,
                                 false,
                                 !options_.runner.empty()});
    }

    std::string built(const std::string& file) const { return folder_ + "/build/" + file; }
    std::string source(const std::string& file) const { return folder_ + "/source/" + file; }

    std::string attempt(const std::string& record, const std::string& product, const std::string& command) const {
        return shell_words({setting_.ssdgen, "sweep-step", "attempt", "--", record, product}) + " " + command;
    }

    std::string generate() const {
        const SweepPoint& point = point_.point;
        const std::string record = folder_ + "/generated.json";
        std::vector<std::string> words{setting_.ssdgen,     "generate",     options_.config,     "--out",
                                       folder_ + "/source", "--alpha",      number(point.alpha), "--rho",
                                       number(point.rho),   "--target",     point.target->name,  "--unroll",
                                       point.unroll,        "--no-selftest"};
        std::vector<std::string> inputs{options_.config, setting_.ssdgen};
        const auto add_file = [&](const char* option, const std::string& file) {
            words.insert(words.end(), {option, file});
            inputs.push_back(file);
        };
        if (options_.weights_type != Element::f32)
            words.insert(words.end(), {"--weights-type", spell(options_.weights_type)});
        if (point_.weights.empty()) {
            words.insert(words.end(), {"--random-weights", std::to_string(options_.seed)});
        } else {
            add_file("--weights", point_.weights);
            words.insert(words.end(), {"--precision", "f32"});  // as points are planned
        }
        if (options_.without_tuning) words.push_back("--no-tuning");
        if (!options_.tuning.empty()) add_file("--tuning", options_.tuning);
        std::vector<std::string> outputs{record};
        for (const auto& roles : {library_roles, {Role::weights, Role::benchmark, Role::observer, Role::peak}})
            for (const std::string& file : point_.files.paths(roles)) outputs.push_back(source(file));
        if (evaluates())
            for (const std::string& file : point_.files.paths({Role::application})) outputs.push_back(source(file));
        return edge_text({outputs, inputs, {}, attempt(record, "", shell_words(words)), "generate " + id_, true});
    }

    std::string headers() const {
        const std::string command = fmt::format(
            "mkdir -p {0}/source && cd {0}/source && cksum *.h layers/*.h ssd/*.h > ../headers.new 2>/dev/null; "
            "cmp -s ../headers.new ../headers || cp ../headers.new ../headers; rm ../headers.new",
            shell_word(folder_));
        return edge_text({{folder_ + "/headers"}, {folder_ + "/generated.json"}, {}, command, "headers " + id_, true});
    }

    /// Adds what it makes to `objects`.
    std::string object(const std::string& file, const std::string& name, const std::vector<std::string>& options,
                       std::vector<std::string>& objects) const {
        objects.push_back(built(name + ".o"));
        std::vector<std::string> words{setting_.compiler};
        for (const auto* more : {&release_options, &emitted_options(), &options})
            words.insert(words.end(), more->begin(), more->end());
        words.insert(words.end(), {"-I" + folder_ + "/source", "-c", source(file), "-o", objects.back()});
        const std::string record = built(name + ".json");
        const std::string launcher = options_.compiler_launcher.empty() ? "" : options_.compiler_launcher + " ";
        return edge_text({{objects.back(), record},
                          {source(file), folder_ + "/headers", "compiler"},
                          {},
                          attempt(record, objects.back(), launcher + shell_words(words)),
                          fmt::format("compile {} {}", id_, file)});
    }

    /// By the assembler, which takes the bytes in: no launcher, which would look at the source alone.
    std::string assembly(const std::string& file, std::vector<std::string>& objects) const {
        const std::string name = object_name(file);
        objects.push_back(built(name + ".o"));
        const std::string record = built(name + ".json");
        const std::string command =
            shell_words({setting_.compiler, "-I" + folder_ + "/source", "-c", source(file), "-o", objects.back()});
        return edge_text({{objects.back(), record},
                          {source(file), source(name + ".bin"), "compiler"},
                          {},
                          attempt(record, objects.back(), command),
                          fmt::format("assemble {} {}", id_, file)});
    }

    std::string archive(const std::vector<std::string>& objects) const {
        const std::string library = built("lib" + setting_.network + ".a"), record = built("archive-library.json");
        std::vector<std::string> words{"ar", "qcs", library};
        words.insert(words.end(), objects.begin(), objects.end());
        const std::string command =
            shell_words({"sh", "-c", "rm -f " + shell_word(library) + " && " + shell_words(words)});
        return edge_text({{record, library}, objects, {}, attempt(record, library, command), "archive " + id_});
    }

    std::string link(const std::string& name, const std::string& log, const std::vector<std::string>& objects) const {
        const std::string program = built(name), record = built(log);
        std::vector<std::string> words{setting_.compiler, "-pthread"};
        words.insert(words.end(), objects.begin(), objects.end());
        words.insert(words.end(), {"-o", program});
        return edge_text({{record, program},
                          objects,
                          {},
                          attempt(record, program, shell_words(words)),
                          fmt::format("link {} {}", id_, name)});
    }

    const SweepOptions& options_;
    const NinjaSetting& setting_;
    const NinjaPoint& point_;
    const std::string id_, folder_;
};

}  // namespace

std::string object_name(const std::string& source) { return fs::path(source).replace_extension().string(); }

std::string sweep_ninja(const SweepOptions& options, const NinjaSetting& setting,
                        const std::vector<NinjaPoint>& points) {
    std::string text =
        "# Written by ssdgen sweep.\nninja_required_version = 1.7\n\npool measuring\n  depth = 1\n\n"
        "rule run\n  command = $line\n\n";
    std::vector<Chain> chains;
    for (const NinjaPoint& point : points) chains.emplace_back(options, setting, point);
    std::vector<std::string> compiled, rows;
    for (Chain& chain : chains) {
        text += chain.compile_text();
        for (const std::string& file : chain.compiled()) compiled.push_back(file);
        rows.push_back(chain.row());
    }
    text += "# Every point has been compiled, or has written down why it failed.\nbuild compiled: phony" +
            ninja_paths(compiled) + "\n\n";
    for (Chain& chain : chains) text += chain.measure_text({"compiled"});
    std::vector<std::string> inputs = rows;
    inputs.insert(inputs.end(), {"settings.json", setting.ssdgen});
    text += edge_text({{"sweep.json", "sweep.csv", "sweep.html"},
                       inputs,
                       {},
                       shell_words({setting.ssdgen, "sweep-step", "collect", "--", "."}),
                       "sweep.html",
                       true});
    return text + "default sweep.json\n";
}

void forget_failures(const std::string& folder) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        const std::string file = entry.path().filename().string();
        if (file != "generated.json" && file != "evaluated.json" && file.rfind("measured_", 0) != 0) continue;
        if (read_file(entry.path().string()).find("\n  \"failed\": ") != std::string::npos)
            fs::remove(entry.path(), error);
    }
}

}  // namespace ssdgen
