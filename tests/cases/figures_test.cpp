// Figures that products rely on.
#include "cases.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// The number behind a piece of text.
std::int64_t number_after(const std::string& text, const std::string& before) {
    const std::size_t at = text.find(before);
    CAPTURE(before);
    REQUIRE(at != std::string::npos);
    return std::stoll(text.substr(at + before.size()));
}

}  // namespace

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
        std::int64_t arena = 0, thread_scratch = 0, weights = 0, code = 0, stack = 0;
        for (const std::string& part : form.folders) {
            CAPTURE(part);
            const std::string name = part.empty() ? "n" : "n_" + part,
                              path = part.empty() ? "net/" : "net/" + part + "/";
            const Json plan = Json::parse(read_file(folder.path(path + "plan.json")));
            const std::string header = read_file(folder.path(path + name + ".h")),
                              observer = read_file(folder.path(path + name + "_observer.h"));
            const auto of_header = [&](const std::string& fact) { return number_after(header, " " + fact + " = "); };
            for (const char* fact : {"arena_bytes", "weights_bytes", "thread_scratch_bytes", "stack_bytes",
                                     "code_bytes_estimate", "classes"}) {
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
            stack = std::max(stack, of_header("stack_bytes"));
            weights += of_header("weights_bytes");
            code += of_header("code_bytes_estimate");
        }
        // The front's, which of several targets are the most or the sum of theirs.
        const std::string header = read_file(folder.path("net/n.h")), c_header = read_file(folder.path("net/n_c.h"));
        const std::pair<std::string, std::int64_t> facts[] = {{"arena_bytes", arena},
                                                              {"thread_scratch_bytes", thread_scratch},
                                                              {"weights_bytes", weights},
                                                              {"stack_bytes", stack},
                                                              {"code_bytes_estimate", code}};
        for (const auto& [fact, value] : facts) {
            CAPTURE(fact);
            CHECK(front[fact] == value);
            CHECK(number_after(header, " " + fact + " = ") == value);
        }
        CHECK(number_after(c_header, "N_ARENA_BYTES ") == arena);
        CHECK(number_after(c_header, "N_STACK_BYTES ") == stack);
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

TEST_CASE("--dump kernels shows every kernel and stream as it is emitted, in every form") {
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
        const std::string header = read_file(folder.path("net/layers/streams.h"));
        const std::string begin = "namespace streams {\n\n", end = "\n\n}  // namespace streams";
        const std::size_t first = header.find(begin) + begin.size();
        const std::string streams = header.substr(first, header.find(end) - first);
        CHECK(streams.find("stream_of_conv0") != std::string::npos);
        CHECK(dump.output.find(streams) != std::string::npos);
        bytes += streams.size();
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

/// C++ that is compiled for the library (and, with it, for the programs) has to be fit for a shared one; of the
/// weights, which are assembled, the library has those that there are.
std::string part_of(const std::string& command, const std::string& file) {
    const bool library = command.find("-fPIC") != std::string::npos || fs::path(file).extension() == ".S";
    return library ? "library " : "program ";
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
            of_cmake[part_of(text, file) + file] = options_of(text);
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
                const std::string key = part_of(command, file) + file;
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
                    names.insert(file);
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
