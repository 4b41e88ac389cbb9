// Names from outside: of networks and of layers.
#include "cases.h"
#include "description/read.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

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
         {"run_", "make_", "stream_of_", "next_of_", "first_of_", "row_of_", "boxes_of_", "mean_of_", "samples_of_"}) {
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
