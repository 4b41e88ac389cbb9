// Weights by the assembler, on other platforms.
#include "cases.h"
#include "support/files.h"

using namespace ssdgen;
using namespace ssdgen::test;

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
