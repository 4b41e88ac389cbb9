// The target portable: standard C++17, for any compiler.
#include "support/files.h"
#include "target/table.h"
#include "tools/program.h"
#include "tools/skip.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A folder for the target portable: every kind of layer that the specimen has, in one of the forms that code has.
struct Form {
    const char* name;
    const char* options;
};

const std::vector<Form>& forms() {
    static const std::vector<Form> all{
        {"tile", "--weights-as array"},
        {"object", "--weights-type f16"},
        {"compact", "--unroll compact --weights-as array --weights-type bf16"},
        {"full", "--unroll full --weights-as file"},
        {"single", "--single-file"},
    };
    return all;
}

void generate(const TemporaryFolder& folder, const Form& form) {
    require_command(
        fmt::format("{} generate {} --random-weights 1 --target portable {} --out {}", quoted(SSDGEN_EXECUTABLE),
                    quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json"), form.options, form.name),
        folder.path());
}

bool is_cpp(const std::filesystem::path& path) { return path.extension() == ".cpp" || path.extension() == ".h"; }

}  // namespace

TEST_CASE("No C++ file of a folder for the target portable holds a word that standard C++ does not know") {
    const TemporaryFolder folder;
    for (const Form& form : forms()) {
        CAPTURE(std::string(form.name));
        generate(folder, form);
        int files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path(form.name))) {
            if (!is_cpp(entry.path())) continue;
            ++files;
            const std::string text = read_file(entry.path().string());
            for (const char* word : {"asm(", "asm ", "__asm", "__attribute__", "gnu::", "__builtin", "vector_size",
                                     "_mm_", "mmintrin", "#pragma GCC", "__declspec"}) {
                CAPTURE(entry.path().string());
                CAPTURE(std::string(word));
                CHECK(text.find(word) == std::string::npos);
            }
        }
        CHECK(files > 2);
    }
}

TEST_CASE(
    "With weights as an array a folder for the target portable has no source but C++, and its build asks for none") {
    const TemporaryFolder folder;
    for (const Form& form : {forms()[0], forms()[2]}) {
        generate(folder, form);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path(form.name)))
            CHECK(entry.path().extension() != ".S");
        const std::string build = read_file(folder.path(std::string(form.name) + "/CMakeLists.txt"));
        CHECK(build.find("project(specimen LANGUAGES CXX)\n") != std::string::npos);
    }
    generate(folder, forms()[1]);
    const std::string build = read_file(folder.path("object/CMakeLists.txt"));
    CHECK(build.find("project(specimen LANGUAGES CXX ASM)\n") != std::string::npos);
}

TEST_CASE("Neither compiler warns of a folder for the target portable, Clang not of GNU's extensions either") {
    for (const std::string chosen : {"g++", "clang++"}) {
        if (lacks(chosen == "g++" ? need::gcc : need::clang)) continue;
        const std::string options = fmt::format("-std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Werror{}",
                                                chosen == "clang++" ? " -Wgnu" : "");
        for (const Form& form : forms()) {
            CAPTURE(chosen + " " + form.name);
            const TemporaryFolder folder;
            generate(folder, form);
            const CommandResult result = run_command(
                fmt::format("ls *.cpp $(ls layers/*.cpp 2> /dev/null) | grep -v pictures.cpp | xargs -P 2 -I{{}} {} {} "
                            "-O1 -DSSD_WITHOUT_PICTURES{} -I. -c {{}} -o /dev/null",
                            chosen, options, std::string(form.name) == "single" ? "" : " -DSSDGEN_OBSERVER"),
                folder.path(form.name));
            CHECK(result.errors == "");
            CHECK(result.status == 0);
        }
    }
}
