// What a product compiles of a folder: nothing that is there for tests, and lines that can be read.
#include "description/identifier.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Json = nlohmann::json;

const std::vector<std::string> forms{"specimen.json",
                                     "specimen.json --unroll compact",
                                     "specimen.json --unroll full --weights-type bf16",
                                     "specimen.json --target portable,x86-64-v3 --weights-as file",
                                     "specimen.json --weights-as array --single-file",
                                     "mobilenet_ssd_voc.json --alpha 0.25 --no-selftest",
                                     "mobilenet_v1_imagenet.json --alpha 0.25 --no-selftest --weights-as file"};

/// A folder in a form.
class Emitted {
  public:
    explicit Emitted(const std::string& form) {
        const std::string config = form.substr(0, form.find(' ')), options = form.substr(config.size());
        const bool has_target = options.find("--target") != std::string::npos;
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/" + config) +
                            " --random-weights 1 --name net --out net" + (has_target ? "" : " --target x86-64-v3") +
                            options,
                        folder_.path());
        plan = Json::parse(text("plan.json"));
    }

    std::string text(const std::string& path) const { return read_file(folder_.path("net/" + path)); }

    std::vector<std::string> with_roles(const std::set<std::string>& roles) const {
        std::vector<std::string> paths;
        for (const Json& file : plan.at("files"))
            if (roles.count(file.at("role")) != 0) paths.push_back(file.at("path"));
        return paths;
    }

    Json plan;

  private:
    TemporaryFolder folder_;
};

std::string small_letters(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) lines.push_back(line);
    return lines;
}

/// The members of a struct of the runtime, an array by its name.
std::vector<std::string> members_of(const std::string& header, const std::string& name) {
    const std::string text = read_file(std::string(SSDGEN_SOURCE_DIR "/runtime/ssd/") + header);
    const std::size_t begin = text.find("struct " + name + " {");
    const std::regex member(R"( \*?(\w+)(\[\d+\])?;)");
    std::vector<std::string> members;
    for (const std::string& line : lines_of(text.substr(begin, text.find("};", begin) - begin)))
        if (std::smatch match; std::regex_search(line, match, member)) members.push_back(match[1]);
    return members;
}

int count_of(const std::string& text, const std::string& part) {
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("No source that a product compiles says a word of observing") {
    for (const std::string& form : forms) {
        CAPTURE(form);
        const Emitted net(form);
        const std::vector<std::string> sources = net.with_roles(
            {"header", "c_header", "network", "c_source", "kernel", "kernel_header", "runtime", "weights_source"});
        CHECK(sources.size() >= 3);
        for (const std::string& path : sources) {
            CAPTURE(path);
            CHECK(small_letters(net.text(path)).find("observ") == std::string::npos);
        }
        CHECK((net.with_roles({"observer"}).empty()) == (form.find("--single-file") != std::string::npos));
    }
}

TEST_CASE("Lines of the interface, the run order and the streams have at most 140 columns, but for the command's") {
    for (const std::string& form : forms) {
        if (form.find("--single-file") != std::string::npos) continue;  // kernels are in it
        CAPTURE(form);
        const Emitted net(form);
        std::vector<std::string> paths = net.with_roles({"header", "c_header", "network", "c_source", "observer"});
        for (const std::string& path : net.with_roles({"kernel_header"}))
            if (ends_with(path, "streams.h") || ends_with(path, "crew.h")) paths.push_back(path);
        CHECK(paths.size() >= 7);
        for (const std::string& path : paths)
            for (const std::string& line : lines_of(net.text(path))) {
                CAPTURE(path);
                CAPTURE(line);
                CHECK((line.size() <= 140 || line.rfind("// ssdgen ", 0) == 0));
            }
    }
}

TEST_CASE("A stream's class is named after the layers that it begins and ends with") {
    for (const std::string& form : forms) {
        if (form.find("full") != std::string::npos) continue;           // functions
        if (form.find("--single-file") != std::string::npos) continue;  // the runtime is in it
        CAPTURE(form);
        const Emitted net(form);
        std::set<std::string> layers, classes;
        for (const Json& layer : net.plan.at("layers"))
            layers.insert(c_identifier(layer.at("name").get<std::string>()));
        for (const std::string& path : net.with_roles({"kernel_header", "network"}))
            for (const std::string& line : lines_of(net.text(path)))
                if (line.rfind("class ", 0) == 0 && line != "class Crew {")
                    classes.insert(line.substr(6, line.find(' ', 6) - 6));
        CHECK(!classes.empty());
        for (const std::string& name : classes) {
            CAPTURE(name);
            REQUIRE(name.rfind("stream_of_", 0) == 0);
            const std::string own = name.substr(10);
            const std::size_t to = own.find("_to_");
            CHECK(layers.count(to == std::string::npos ? own : own.substr(0, to)) == 1);
            if (to != std::string::npos) CHECK(layers.count(own.substr(to + 4)) == 1);
        }
    }
}

TEST_CASE("Every setting of the post-processing and of the default boxes stands on a line with its name") {
    const std::string text = Emitted("specimen.json").text("net.cpp");
    for (const auto& [header, name, count] :
         {std::tuple{"post_processing.h", "PostProcessing", 13U}, std::tuple{"priors.h", "Priors", 5U}}) {
        const std::vector<std::string> members = members_of(header, name);
        CHECK(members.size() == count);
        const std::size_t begin = text.find(std::string("    ssd::") + name + " all{};\n");
        REQUIRE(begin != std::string::npos);
        const std::string set = text.substr(begin, text.find("return all;", begin) - begin);
        for (const std::string& member : members) {
            CAPTURE(member);
            const bool array = member == "variances";
            CHECK(count_of(set, "\n    all." + member + (array ? "[" : " = ")) == (array ? 4 : 1));
        }
    }
}
