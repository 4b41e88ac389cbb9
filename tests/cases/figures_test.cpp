// Figures that products rely on, names from outside, stages that must not disagree, and weights on other platforms.
#include "cases.h"
#include "description/read.h"
#include "pipeline/make_plan.h"
#include "support/error.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <caffe.pb.h>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string name_rule =
    "a C identifier that starts with a letter, at most 64 characters, which nothing else in C, C++, POSIX, CMake or "
    "the emitted folder is "
    "called";

const std::string specimen = quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") + " --random-weights 1 ";

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

/// The number behind a piece of text.
std::int64_t number_after(const std::string& text, const std::string& before) {
    const std::size_t at = text.find(before);
    CAPTURE(before);
    REQUIRE(at != std::string::npos);
    return std::stoll(text.substr(at + before.size()));
}

}  // namespace

// --- Figures.

TEST_CASE("What header, C header and plan.json state of a network are its library's own figures") {
    const struct {
        const char* options;
        double error;  // that generator/cost/code_size.h admits
    } forms[] = {{"--target portable", 0.1},
                 {"--target x86-64-v3", 0.1},
                 {"--target portable --unroll compact", 0.1},
                 {"--target portable --unroll full", 0.4}};
    for (const auto& form : forms) {
        CAPTURE(std::string(form.options));
        const Case folder{};
        folder.check_done("generate " + specimen + form.options + " --no-selftest --out net");
        require_command(
            "cmake -S net -B build > log && cmake --build build -j 2 --target specimen > log && ar x "
            "build/libspecimen.a",
            folder.path(""));
        const Json plan = Json::parse(read_file(folder.path("net/plan.json")));
        const std::string header = read_file(folder.path("net/specimen.h")),
                          c_header = read_file(folder.path("net/specimen_c.h"));
        const auto of_header = [&](const std::string& fact) { return number_after(header, " " + fact + " = "); };

        // What was built: machine code, weights.
        const std::string sections = require_command("size -A -d build/libspecimen.a", folder.path("")).output;
        std::istringstream lines(sections);
        std::int64_t code = 0;
        for (std::string line; std::getline(lines, line);)
            if (line.rfind(".text", 0) == 0) code += std::stoll(words_of(line)[1]);
        CHECK(std::abs(double(of_header("code_bytes_estimate")) / double(code) - 1) <= form.error);
        CHECK(plan["code_bytes_estimate"] == of_header("code_bytes_estimate"));
        const std::string symbol =
            require_command("nm -S -t d build/libspecimen.a 2> /dev/null | grep -w 'R specimen_weights'",
                            folder.path(""))
                .output;
        CHECK(std::stoll(words_of(symbol)[1]) == of_header("weights_bytes"));
        CHECK(plan["weights_bytes"] == of_header("weights_bytes"));
        CHECK(number_after(c_header, "SPECIMEN_WEIGHTS_BYTES ") == of_header("weights_bytes"));

        // What the network works in: every buffer, and the object that a product makes.
        std::int64_t arena = 0;
        for (const Json& buffer : plan["buffers"])
            arena = std::max(arena, std::int64_t(buffer["offset"]) + std::int64_t(buffer["bytes"]));
        CHECK(arena == of_header("arena_bytes"));
        CHECK(plan["arena_bytes"] == arena);
        CHECK(number_after(c_header, "SPECIMEN_ARENA_BYTES ") == arena);
        CHECK(plan["thread_scratch_bytes"] == of_header("thread_scratch_bytes"));
        write_if_changed(
            folder.path("sizes.cpp"),
            "#include \"specimen.h\"\nstatic_assert(sizeof(specimen::Workspace::arena) == specimen::arena_bytes);\n"
            "static_assert(sizeof(specimen::Workspace) - specimen::arena_bytes <= 64);\n");
        require_command(compiler() + " -std=c++17 -fsyntax-only -Inet sizes.cpp", folder.path(""));

        // What the description says, from another road than the plan.
        const Json inspected =
            Json::parse(folder.ssdgen("inspect --json " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json")).output);
        CHECK(plan["total_macs"] == inspected["totals"]["macs"]);
        CHECK(number_after(read_file(folder.path("net/specimen_observer.h")), "total_macs = ") == plan["total_macs"]);
        CHECK(plan["total_params"] == inspected["totals"]["params"]);
        CHECK(plan["priors"] == inspected["totals"]["priors"]);
        CHECK(of_header("priors") == plan["priors"]);
        CHECK(number_after(c_header, "SPECIMEN_PRIORS ") == plan["priors"]);
        CHECK(of_header("classes") == plan["classes"]);
        std::int64_t macs = 0, params = 0;
        for (const Json& layer : plan["layers"]) {
            macs += std::int64_t(layer["macs"]);
            params += std::int64_t(layer["params"]);
        }
        CHECK(macs == plan["total_macs"]);
        CHECK(params == plan["total_params"]);

        // A limit that the weights alone keep.
        const std::string limit = std::to_string(std::int64_t(plan["weights_bytes"]) + code / 2);
        const CommandResult flash =
            folder.run(compiler() + " -std=c++17 -fsyntax-only -Inet -DSPECIMEN_MAX_FLASH=" + limit + " sizes.cpp");
        CHECK(flash.errors.find("specimen: weights and machine code are larger than SPECIMEN_MAX_FLASH") !=
              std::string::npos);
    }
}

TEST_CASE("Every constant in the headers of a detector, a classifier and of several targets is plan.json's") {
    const struct {
        const char *config, *options;
        bool detector;
        std::vector<std::string> folders;  // each has a plan.json, headers and an observer of its own
    } forms[] = {{"specimen", "--target portable", true, {""}},
                 {"mobilenet_v1_imagenet", "--target portable --unroll compact", false, {""}},
                 {"mobilenet_v1_imagenet", "--target x86-64-v4 --weights-as array", false, {""}},
                 {"mobilenet_ssd_coco", "--target x86-64-v3 --weights-as file", true, {""}},
                 {"specimen", "--target portable,x86-64-v2,x86-64-v4", true, {"portable", "x86_64_v2", "x86_64_v4"}},
                 {"mobilenet_v1_imagenet", "--target portable,x86-64-v3", false, {"portable", "x86_64_v3"}}};
    for (const auto& form : forms) {
        CAPTURE(std::string(form.config));
        CAPTURE(std::string(form.options));
        const Case folder{};
        folder.check_done("generate " + quoted(SSDGEN_SOURCE_DIR "/configs/" + std::string(form.config) + ".json") +
                          " --random-weights 1 --alpha 0.25 --rho 0.5 --no-selftest --name n --out net " +
                          form.options);
        const Json front = Json::parse(read_file(folder.path("net/plan.json")));
        std::int64_t arena = 0, thread_scratch = 0, weights = 0, code = 0;
        for (const std::string& part : form.folders) {
            CAPTURE(part);
            const std::string name = part.empty() ? "n" : "n_" + part,
                              path = part.empty() ? "net/" : "net/" + part + "/";
            const Json plan = Json::parse(read_file(folder.path(path + "plan.json")));
            const std::string header = read_file(folder.path(path + name + ".h")),
                              observer = read_file(folder.path(path + name + "_observer.h"));
            const auto of_header = [&](const std::string& fact) { return number_after(header, " " + fact + " = "); };
            for (const char* fact :
                 {"arena_bytes", "weights_bytes", "thread_scratch_bytes", "code_bytes_estimate", "classes"}) {
                CAPTURE(std::string(fact));
                CHECK(of_header(fact) == plan[fact]);
                CHECK(of_header(fact) > 0);
            }
            CHECK(of_header("input_height") == plan["input"][0]);
            CHECK(of_header("input_width") == plan["input"][1]);
            CHECK(of_header("input_channels") == plan["input"][2]);
            if (form.detector) CHECK(of_header("priors") == plan["priors"]);
            CHECK(number_after(observer, " total_macs = ") == plan["total_macs"]);
            // A file that a product reads begins with 64 bytes that say what it is.
            const bool file = std::string(form.options).find("-as file") != std::string::npos;
            if (std::string(form.options).find("-as array") == std::string::npos)
                CHECK(fs::file_size(folder.path(path + name + "_weights.bin")) ==
                      std::uintmax_t(plan["weights_bytes"]) + (file ? 64 : 0));
            arena = std::max(arena, of_header("arena_bytes"));
            thread_scratch = std::max(thread_scratch, of_header("thread_scratch_bytes"));
            weights += of_header("weights_bytes");
            code += of_header("code_bytes_estimate");
        }
        // The front's, which of several targets are the most or the sum of theirs.
        const std::string header = read_file(folder.path("net/n.h")), c_header = read_file(folder.path("net/n_c.h"));
        const std::pair<std::string, std::int64_t> facts[] = {{"arena_bytes", arena},
                                                              {"thread_scratch_bytes", thread_scratch},
                                                              {"weights_bytes", weights},
                                                              {"code_bytes_estimate", code}};
        for (const auto& [fact, value] : facts) {
            CAPTURE(fact);
            CHECK(front[fact] == value);
            CHECK(number_after(header, " " + fact + " = ") == value);
        }
        CHECK(number_after(c_header, "N_ARENA_BYTES ") == arena);
        CHECK(number_after(c_header, "N_CLASSES ") == front["classes"]);
        CHECK(number_after(c_header, "N_INPUT_HEIGHT ") == front["input"][0]);
    }
}

TEST_CASE(
    "Several targets: the front's estimate of machine code is the sum of theirs, in the headers and in plan.json") {
    const Case folder{};
    folder.check_done("generate " + specimen + "--target portable,x86-64-v3 --no-selftest --out net");
    const auto estimate = [&](const std::string& file) {
        return number_after(read_file(folder.path("net/" + file)), "code_bytes_estimate = ");
    };
    const Json plan = Json::parse(read_file(folder.path("net/plan.json")));
    const std::int64_t sum = estimate("portable/specimen_portable.h") + estimate("x86_64_v3/specimen_x86_64_v3.h");
    CHECK(estimate("specimen.h") == sum);
    CHECK(plan["code_bytes_estimate"] == sum);
    CHECK(plan["targets"][0]["code_bytes_estimate"] == estimate("portable/specimen_portable.h"));
    CHECK(plan["targets"][1]["code_bytes_estimate"] == estimate("x86_64_v3/specimen_x86_64_v3.h"));
}

TEST_CASE("--dump kernels shows every kernel as it is emitted, in every form") {
    for (const char* unroll : {"compact", "tile", "full"}) {
        CAPTURE(std::string(unroll));
        const Case folder{};
        const std::string options = specimen + "--target portable --unroll " + unroll;
        folder.check_done("generate " + options + " --no-selftest --out net");
        const CommandResult dump = folder.ssdgen("generate " + options + " --dump kernels");
        REQUIRE(dump.status == 0);
        std::size_t bytes = 0;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder.path("net/layers"))) {
            if (entry.path().extension() != ".cpp") continue;
            CAPTURE(entry.path().filename().string());
            const std::string file = read_file(entry.path().string());
            const std::string code = file.substr(file.find("#include"));
            CHECK(dump.output.find(code) != std::string::npos);
            bytes += code.size();
        }
        // And little else.
        CHECK(dump.output.size() < bytes + 3000);
    }
}

namespace {

/// What a compiler is asked for, without where things stand.
std::set<std::string> options_of(const std::string& command) {
    std::set<std::string> options;
    const std::vector<std::string> words = words_of(command);
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "-o") ++i;
        // CMake leaves out the dialect where a compiler takes it anyway.
        else if (word[0] == '-' && word.rfind("-I", 0) != 0 && word.rfind("-std=", 0) != 0 && word != "-c")
            options.insert(word);
    }
    return options;
}

std::string lines_of(const std::set<std::string>& words) {
    std::string lines;
    for (const std::string& word : words) lines += word + "\n";
    return lines;
}

/// layers/conv0.cpp of /anywhere/net/layers/conv0.cpp.
std::string below(const std::string& path, const std::string& folder) {
    const std::size_t at = path.find(folder + "/");
    return at == std::string::npos ? path : path.substr(at + folder.size() + 1);
}

}  // namespace

TEST_CASE("A sweep compiles, archives and links what the emitted CMakeLists.txt does, with the same options") {
    if (lacks(need::ninja)) return;
    const Case folder{};
    for (const std::string unroll : {"tile", "compact"}) {
        CAPTURE(unroll);
        // A compiler that compiles nothing: the commands are what counts.
        const std::string out = "out_" + unroll;
        folder.ssdgen("sweep " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                      " --target portable --compiler false --unroll " + unroll + " --out " + out);
        const std::string point = "points/alpha_1_rho_1_portable_" + unroll;
        const std::string commands = require_command("ninja -t commands sweep.json", folder.path(out)).output;
        const std::string source = folder.path(out) + "/" + point + "/source";
        require_command("cmake -S " + quoted(source) + " -B built -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                        folder.path(out));

        std::map<std::string, std::set<std::string>> of_cmake;  // by object, in what becomes of it
        for (const Json& command : Json::parse(read_file(folder.path(out + "/built/compile_commands.json")))) {
            const std::string text = command["command"], file = below(command["file"], "source");
            const bool observed = text.find("-DSSDGEN_OBSERVER") != std::string::npos;
            of_cmake[(observed ? "program " : "library ") + file] = options_of(text);
        }
        std::set<std::string> compiled, archived, linked;
        std::istringstream lines(commands);
        for (std::string line; std::getline(lines, line);) {
            const std::size_t compile = line.find(" false "), archive = line.find("ar qcs ");
            if (archive != std::string::npos) {
                for (const std::string& word : words_of(line.substr(archive)))
                    if (word.find("/build/") != std::string::npos && word.find(".a") == std::string::npos)
                        archived.insert(fs::path(below(word, "build")).replace_extension().string());
            } else if (compile != std::string::npos && line.find(" -c ") != std::string::npos) {
                const std::string command = line.substr(compile);
                const std::string file = below(words_of(command.substr(command.find(" -c ")))[1], "source");
                const std::string key =
                    (command.find("-DSSDGEN_OBSERVER") != std::string::npos ? "program " : "library ") + file;
                CAPTURE(key);
                REQUIRE(of_cmake.count(key) == 1);
                if (fs::path(file).extension() != ".S")
                    CHECK(options_of(command) == of_cmake[key]);  // of no use to bytes
                compiled.insert(key);
            } else if (compile != std::string::npos && line.find("-pthread") != std::string::npos) {
                for (const std::string& word : words_of(line.substr(compile)))
                    if (fs::path(word).extension() == ".o")
                        linked.insert(fs::path(below(word, "build")).replace_extension().string());
            }
        }
        // CMake's lists: the library's objects in its archive, the benchmark's in its program.
        const auto objects = [&](const std::string& target) {
            std::set<std::string> names;
            std::string link = read_file(folder.path(out + "/built/CMakeFiles/" + target + ".dir/link.txt"));
            link.erase(std::remove(link.begin(), link.end(), '"'), link.end());
            for (const std::string& word : words_of(link))
                if (word.find(".dir/") != std::string::npos && fs::path(word).extension() == ".o") {
                    const std::string file =
                        fs::path(word.substr(word.find(".dir/") + 5)).replace_extension().replace_extension().string();
                    names.insert(target != "specimen" && file == "specimen" ? "specimen_observed" : file);
                }
            return names;
        };
        CHECK(lines_of(archived) == lines_of(objects("specimen")));
        CHECK(lines_of(linked) == lines_of(objects("specimen_bench")));
        CHECK(archived.count("specimen_c") == 1);
        CHECK(compiled.size() == archived.size() + 3);
    }
}

TEST_CASE("A target's features stand once: what the code asks for is what the program asks the processor for") {
    const Case folder{};
    folder.check_done("generate " + specimen +
                      "--target portable,x86-64-v2,x86-64-v3,x86-64-v4 --no-selftest --out net");
    const std::string front = read_file(folder.path("net/specimen.cpp"));
    for (const std::string target : {"x86_64_v2", "x86_64_v3", "x86_64_v4"}) {
        CAPTURE(target);
        const std::size_t at = front.find("case Target::" + target + ": return __builtin");
        REQUIRE(at != std::string::npos);
        std::string asked = front.substr(at, front.find('\n', at) - at), features;
        for (std::size_t quote = asked.find('"'); quote != std::string::npos;
             quote = asked.find('"', asked.find('"', quote + 1) + 1))
            features += (features.empty() ? "" : ",") + asked.substr(quote + 1, asked.find('"', quote + 1) - quote - 1);
        std::set<std::string> attributes;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder.path("net/" + target + "/layers"))) {
            const std::string text = read_file(entry.path().string());
            const std::string before = "gnu::target(\"";
            for (std::size_t found = text.find(before); found != std::string::npos;
                 found = text.find(before, found + 1))
                attributes.insert(
                    text.substr(found + before.size(), text.find('"', found + before.size()) - found - before.size()));
        }
        CHECK(attributes == std::set<std::string>{features});
    }
}

// --- Names.

namespace {

/// Every file of an emitted network is right C++, in the dialect that CMake asks for.
void check_compiles(const Case& folder, const std::string& net, const std::string& options = "",
                    const std::string& files = "find . -name '*.cpp'") {
    const CommandResult result = folder.run("cd " + net + " && " + files + " | xargs -P 2 -I{} " + compiler() +
                                            " -std=gnu++17 -I. -fsyntax-only " + options + " {}");
    CHECK(result.errors == "");
    CHECK(result.status == 0);
}

/// A network of layers of these names, all of one shape: few kernels, many names.
std::string network_of(const std::vector<std::string>& layers) {
    Json config = Json::parse(read_file(SSDGEN_SOURCE_DIR "/configs/specimen.json"));
    config["name"] = "names";
    config["head"]["sources"] = Json::array();
    config["backbone"] = Json::array();
    for (const std::string& layer : layers) {
        if (config["backbone"].empty())
            config["backbone"].push_back(
                {{"name", layer}, {"type", "convolution"}, {"channels", 4}, {"kernel", 3}, {"stride", 8}});
        else
            config["backbone"].push_back({{"name", layer}, {"type", "pointwise"}, {"channels", 4}});
    }
    // Names in the head's tables too.
    for (const std::string& layer : {layers[layers.size() / 2], layers.back()})
        config["head"]["sources"].push_back(
            {{"layer", layer}, {"boxes", 3}, {"min_sizes", {6}}, {"aspect_ratios", {2}}});
    return config.dump();
}

std::vector<std::string> listed(const std::string& section) {
    const std::string text = read_file(SSDGEN_SOURCE_DIR "/generator/description/taken_names.txt");
    const std::size_t begin = text.find("[" + section + "]\n") + section.size() + 3;
    return words_of(text.substr(begin, text.find("\n\n", begin) - begin));
}

/// Whatever has the form of an identifier in a text.
std::set<std::string> identifiers_in(const std::string& text) {
    std::set<std::string> names;
    std::string word;
    for (const char c : text + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
            word += c;
            continue;
        }
        if (!word.empty() && !std::isdigit(static_cast<unsigned char>(word[0])) && word.size() <= 64)
            names.insert(word);
        word.clear();
    }
    return names;
}

/// All headers of C, C++ and POSIX that are here.
std::string all_headers() {
    const std::string script = read_file(SSDGEN_SOURCE_DIR "/generator/description/renew_taken_names.py");
    std::string text;
    for (const char* list : {"C_HEADERS = \"\"\"", "POSIX_HEADERS = \"\"\"", "CXX_HEADERS = \"\"\""}) {
        const std::size_t begin = script.find(list) + std::string(list).size();
        const bool plain = std::string(list).rfind("CXX", 0) == 0;
        for (const std::string& header : words_of(script.substr(begin, script.find("\"\"\"", begin) - begin))) {
            const std::string path = header + (plain ? "" : ".h");
            if (path != "stdatomic.h") text += "#if __has_include(<" + path + ">)\n#include <" + path + ">\n#endif\n";
        }
    }
    return text;
}

}  // namespace

TEST_CASE(
    "Layers of any name compile: those of the case, and every keyword, macro and library function, in every form") {
    const Case folder{"layer_named_class.json"};
    folder.check_done("generate layer_named_class.json --random-weights 1 --target portable --out case");
    check_compiles(folder, "case");
    std::vector<std::string> names = listed("keyword");
    for (const char* name :
         {"linux",   "unix",  "NULL",  "EOF",     "assert",  "errno",   "stdin",   "log",     "index",   "main",
          "std",     "ssd",   "layer", "layers",  "kernels", "streams", "compact", "vectors", "weights", "arena",
          "picture", "first", "end",   "observe", "1x1",     "_",       "int8_t",  "run",     "a_to_b"})
        names.emplace_back(name);
    for (const std::string& name :
         identifiers_in(require_command(compiler() + " -x c++ -std=gnu++17 -dM -E /dev/null").output))
        names.push_back(name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    write_if_changed(folder.path("names.json"), network_of(names));
    for (const char* unroll : {"tile", "compact", "full"}) {
        const std::string net = std::string("names_") + unroll;
        folder.check_done("generate names.json --random-weights 1 --target portable --out " + net + " --unroll " +
                          unroll);
        check_compiles(folder, net);
    }
}

// All else that a header declares stands in other namespaces than a layer's identifiers.
TEST_CASE("No macro of a header begins as the identifiers that layers' names become part of") {
    const TemporaryFolder folder;
    write_if_changed(folder.path("all.cpp"), all_headers());
    std::set<std::string> macros;
    std::istringstream lines(require_command(compiler() + " -std=gnu++17 -dM -E all.cpp", folder.path()).output);
    for (std::string line; std::getline(lines, line);) macros.insert(line.substr(8, line.find_first_of(" (", 8) - 8));
    for (const std::string& name : listed("macro")) macros.insert(name);
    CHECK(macros.size() > 3000);
    for (const char* prefix :
         {"run_", "make_", "next_of_", "first_of_", "row_of_", "boxes_of_", "mean_of_", "samples_of_"}) {
        const auto next = macros.lower_bound(prefix);
        CHECK((next == macros.end() || next->rfind(prefix, 0) != 0));
    }
}

TEST_CASE("A network's name that something else bears is refused, and the message says what bears it") {
    const Case folder{"network_named_log.json", "layer_named_class.json"};
    folder.check_refused(
        "generate network_named_log.json --random-weights 1 --out log", 1,
        "network_named_log.json: /name: found \"log\", which is declared by the headers of C or POSIX; allowed: " +
            name_rule);
    const std::map<std::string, std::string> bearers{
        {"index", "which is declared by the headers of C or POSIX"},
        {"new", "which is a keyword of C or C++"},
        {"co_await", "which is a keyword of C or C++"},
        {"restrict", "which is a keyword of C or C++"},
        {"linux", "which is a macro of compilers or of the headers of C, C++ or POSIX"},
        {"EOF", "which is a macro of compilers or of the headers of C, C++ or POSIX"},
        {"features", "which is a header of a system"},
        {"Math", "which is a header of a system"},
        {"clean", "which is a target or a variable of CMake"},
        {"ALL_BUILD", "which is a target or a variable of CMake"},
        {"install", "which is a target or a variable of CMake"},
        {"m", "which is a library that compilers link on their own"},
        {"Bench", "which is a file of the emitted folder"},
        {"ssd_image", "which is a name of C++ or of the emitted runtime"},
        {"pthread_mutex", "which would make pthread_mutex_init, and that is declared by the headers of C or POSIX"}};
    for (const auto& [name, bearer] : bearers)
        folder.check_refused("generate layer_named_class.json --random-weights 1 --out net --name " + name, 2,
                             "--name: found " + name + ", " + bearer + "; allowed: " + name_rule);
}

TEST_CASE("Every word in the headers of C, C++ and POSIX, as a network's name, is refused or free") {
    const TemporaryFolder folder;
    write_if_changed(folder.path("all.cpp"), all_headers());
    std::set<std::string> names;
    for (const char* mode : {" -std=gnu++17 -E ", " -std=gnu++17 -dM -E "})
        names.merge(identifiers_in(require_command(compiler() + mode + "all.cpp", folder.path()).output));
    // As namespaces and with what C sees of a network, beside everything that the headers declare.
    std::string text = all_headers();
    int accepted = 0;
    for (const std::string& name : names) {
        if (network_name_fault(name)) continue;
        ++accepted;
        text += "namespace " + name + " {}\nextern \"C\" {\nstruct " + name + "_workspace;\n";
        for (const char* suffix : {"_init", "_use_threads", "_use_weights", "_weights_file", "_forward", "_detect",
                                   "_post_process", "_classify", "_scores"})
            text += "void " + name + suffix + "(float);\n";
        text += "extern const float " + name + "_weights[];\n}\n";
    }
    CHECK(names.size() > 10000);
    CHECK(accepted > 100);
    write_if_changed(folder.path("accepted.cpp"), text);
    CHECK(
        run_command(compiler() + " -std=gnu++17 -fsyntax-only accepted.cpp 2>&1 | grep error", folder.path()).output ==
        "");
}

TEST_CASE("Every word in emitted code, as a network's name, is refused or free") {
    const Case folder{"layer_named_class.json"};
    const std::string classifier =
        quoted(SSDGEN_SOURCE_DIR "/configs/mobilenet_v1_imagenet.json") + " --random-weights 1 --alpha 0.1 ";
    for (const std::string& options :
         {specimen + "--target portable", classifier + "--target portable", specimen + "--target portable,x86-64-v3"}) {
        CAPTURE(options);
        folder.check_done("generate " + options + " --name placeholder --out net");
        std::set<std::string> names;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder.path("net")))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
                names.merge(identifiers_in(read_file(entry.path().string())));
        std::string text;
        for (const std::string& name : names)
            if (!network_name_fault(name) && name.find("placeholder") == std::string::npos)
                text += "namespace " + name + " {}\n";
        write_if_changed(folder.path("names.h"), text);
        check_compiles(folder, "net", "-include ../names.h");
        fs::remove_all(folder.path("net"));
    }
    // Names that stand in the network's own namespace too.
    for (const std::string name : {"layer", "kernels", "weights", "Target", "run"}) {
        folder.check_done(
            "generate layer_named_class.json --random-weights 1 --target portable,x86-64-v3 --out own --name " + name);
        check_compiles(folder, "own", "", "ls *.cpp portable/*.cpp");  // the layers have been compiled above
        fs::remove_all(folder.path("own"));
    }
}

TEST_CASE("A layer's names that meet the head's or each other are refused, not a fault of ours") {
    const Case folder{"layer_named_class.json"};
    Json config = Json::parse(read_file(folder.path("layer_named_class.json")));
    config["backbone"][3]["name"] = "class.mbox";
    write_if_changed(folder.path("mbox.json"), config.dump());
    folder.check_refused("generate mbox.json --random-weights 1 --out net", 1,
                         "mbox.json: /head/sources/0/layer: found \"class_mbox\", which makes the identifier "
                         "class_mbox as \"class.mbox\" at /backbone/3/name does; "
                         "allowed: names that differ in letters and digits");
    // A step of several layers is named after the first and the last.
    config["backbone"][3]["name"] = "conv0_to_class";
    write_if_changed(folder.path("to.json"), config.dump());
    folder.check_done("generate to.json --random-weights 1 --target portable --out net");
    check_compiles(folder, "net");
}

// --- Stages.

namespace {

/// The weights of the case's network with one value changed.
void spoil_weights(const Case& folder, const std::string& layer, float value) {
    caffe::NetParameter net;
    REQUIRE(net.ParseFromString(read_file(folder.path("tiny_ssd.caffemodel"))));
    for (auto& one : *net.mutable_layer())
        if (one.name() == layer) one.mutable_blobs(0)->set_data(3, value);
    std::string bytes;
    REQUIRE(net.SerializeToString(&bytes));
    std::ofstream(folder.path("tiny_ssd.caffemodel"), std::ios::binary) << bytes;
}

const std::string import_tiny =
    "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
    "--out-weights t.safetensors";

}  // namespace

TEST_CASE("What generate would refuse, import refuses, before it writes") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    spoil_weights(folder, "conv1", std::numeric_limits<float>::infinity());
    folder.check_refused(import_tiny, 1,
                         "tiny_ssd.caffemodel: conv1.weight: found inf at position 3; allowed: finite values");
}

TEST_CASE(
    "What is imported is read back and taken as far as generate takes it: the description's limits, the graph's, the "
    "weights'") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    ImportOptions options;
    options.prototxt = folder.path("tiny_ssd.prototxt");
    options.mean = {127.5F};
    options.scale = {0.007843F};
    const Imported right = import_model(folder.path("tiny_ssd.caffemodel"), options);
    check_imported(right, "m.caffemodel", "t.json");
    Imported wrong = right;
    wrong.description.backbone[0].kernel = 300;
    CHECK_THROWS_WITH_AS(
        check_imported(wrong, "m.caffemodel", "t.json"),
        "m.caffemodel, as t.json has it: /backbone/0/kernel: found 300; allowed: a whole number from 1 to 255",
        InputError);
    wrong = right;
    wrong.description.backbone[0].kernel = 255;
    wrong.description.backbone[0].pad = Pads{0, 0, 0, 0};
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel, as t.json has it: /backbone/0: conv0: found a map of 96x96, 96x96 with its "
                         "padding; allowed: at least 255 for the window",
                         InputError);
    wrong = right;
    wrong.description.backbone[0].name = "class/1";
    wrong.description.backbone[1].name = "class.1";
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel, as t.json has it: /backbone/1/name: found \"class.1\", which makes the "
                         "identifier class_1 as \"class/1\" at "
                         "/backbone/0/name does; allowed: names that differ in letters and digits",
                         InputError);
    wrong = right;
    wrong.weights.tensors.erase("conv0.bias");
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel: conv0.bias: found none; allowed: [8]", InputError);
}

TEST_CASE("A sweep without measuring refuses the points that generate refuses, with its words") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    folder.check_done(import_tiny);
    folder.check_done("generate t.json --weights t.safetensors --target portable --out net");
    const std::string of_another = quoted(SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc_050_192.safetensors");
    const CommandResult generated =
        folder.ssdgen("generate t.json --weights " + of_another + " --target portable --out other");
    CHECK(generated.status == 1);
    const CommandResult swept =
        folder.ssdgen("sweep t.json --static --weights " + of_another + " --target portable --out swept");
    CHECK(swept.status == 0);
    const Json points = Json::parse(read_file(folder.path("swept/sweep.json")))["points"];
    REQUIRE(points.size() == 1);
    CHECK(generated.errors == "ssdgen: " + std::string(points[0]["failed"]) + "\n");
    // A name that cannot be, and a file that is none.
    Json config = Json::parse(read_file(folder.path("t.json")));
    config["name"] = "log";
    write_if_changed(folder.path("log.json"), config.dump());
    folder.check_refused(
        "sweep log.json --static --target portable --out swept2", 1,
        "log.json: /name: found \"log\", which is declared by the headers of C or POSIX; allowed: " + name_rule);
    folder.check_refused("sweep t.json --static --weights t.json --target portable --out swept2", 2,
                         "t.json: is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
}

// --- Platforms.

TEST_CASE(
    "weights.S is taken by the assemblers of ELF, Mach-O, COFF and WebAssembly; another is told of --weights-as "
    "array") {
    if (lacks(need::clang)) return;
    const Case folder{};
    folder.check_done("generate " + specimen + "--target portable --no-selftest --out net");
    const std::string bytes = read_file(folder.path("net/specimen_weights.bin"));
    for (const std::string target : {"x86_64-linux-gnu", "aarch64-linux-gnu", "arm-none-eabi", "riscv64-linux-gnu",
                                     "x86_64-w64-mingw32", "i686-w64-mingw32", "aarch64-w64-mingw32",
                                     "arm64-apple-macos", "x86_64-apple-macos", "wasm32", "wasm32-wasi"}) {
        CAPTURE(target);
        const CommandResult made =
            folder.run("clang --target=" + target + " -Inet -c net/specimen_weights.S -o " + target + ".o");
        CHECK(made.errors == "");
        REQUIRE(made.status == 0);
        // The values are in it, under the name that C++ calls them by there.
        const std::string object = read_file(folder.path(target + ".o"));
        CHECK(object.find(bytes) != std::string::npos);
        const bool underscore = target == "i686-w64-mingw32" || target.find("apple") != std::string::npos;
        CHECK((object.find("_specimen_weights") != std::string::npos) == underscore);
        CHECK(object.find("specimen_weights") != std::string::npos);
    }
    // Linked with code that asks for them, where a linker is here.
    write_if_changed(folder.path("use.c"),
                     "extern const float specimen_weights[] __attribute__((visibility(\"hidden\")));\n"
                     "const float* where(void) { return specimen_weights; }\n");
    if (!lacks(need::wasm_ld))
        require_command(
            "clang --target=wasm32 -O1 -c use.c -o use.o && wasm-ld --no-entry --export=where use.o wasm32.o -o "
            "use.wasm",
            folder.path(""));
    if (!lacks(need::lld_link))
        require_command(
            "clang --target=x86_64-w64-mingw32 -O1 -c use.c -o use.o && lld-link /nodefaultlib /noentry /dll "
            "/export:where use.o "
            "x86_64-w64-mingw32.o /out:use.dll",
            folder.path(""));
    const CommandResult other = folder.run("clang --target=powerpc-ibm-aix -Inet -c net/specimen_weights.S -o other.o");
    CHECK(other.status == 1);
    CHECK(other.errors.find("#error \"specimen_weights.S knows ELF, Mach-O, COFF and WebAssembly; for another kind of "
                            "object file: --weights-as array\"") != std::string::npos);
}
