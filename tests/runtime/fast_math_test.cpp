#include "programs/programs.h"
#include "tools/skip.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdlib>

// The tests of post-processing once more, compiled as a product may compile the runtime: with flags that let a compiler
// take it for granted that every float is a number.

using namespace ssd::test;

TEST_CASE("with -Ofast, what is no number comes out nowhere, and the dialects are the same") {
    const std::string tests = SSDGEN_SOURCE_DIR "/tests/runtime/",
                      includes = " -I" SSDGEN_SOURCE_DIR "/runtime -I" + tests;
    const ssdgen::test::TemporaryFolder temporary;
    const fs::path folder = temporary.path();
    write(folder / "all.cpp",
          "#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n#include \"dialects_test.cpp\"\n#include \"classify_test.cpp\"\n"
          "#include \"random_scenes_test.cpp\"\n");
    for (const std::string compiler : {"g++", "clang++"}) {
        if (ssdgen::test::lacks(compiler == "g++" ? ssdgen::test::need::gcc : ssdgen::test::need::clang)) continue;
        CAPTURE(compiler);
        // What they are compared with is compiled as it stands; ties are left out, which any other rounding breaks
        // otherwise.
        const std::string command = "cd '" + folder.string() + "' && " + compiler + " -std=c++17 -O1 -c " + includes +
                                    " " + tests + "plain_dialects.cpp && " + compiler + " -std=c++17 -Ofast -w " +
                                    includes +
                                    " all.cpp plain_dialects.o -o all && ./all -tce='random scenes*' > out.txt 2>&1";
        const int status = std::system(command.c_str());
        CHECK_MESSAGE(status == 0, read(folder / "out.txt"));
    }
}
