#pragma once

namespace ssdgen::test {

/// Something that tests use and not every machine has.
struct Need {
    const char* name;     // as it is said to be missing, with the Debian package that brings it
    const char* command;  // of the shell: succeeds where it is there
    bool may_lack;        // also where SSDGEN_TEST_STRICT is set: ./run test cannot always bring it
};

namespace need {

// Large files beside the checkout, which not everybody has.
inline constexpr Need models{"../shared/models", "test -e " SSDGEN_SOURCE_DIR "/../shared/models/README.md", true};
inline constexpr Need peers{"../shared/peers", "test -e " SSDGEN_SOURCE_DIR "/../shared/peers/make_models.py", true};
// The machine itself.
inline constexpr Need processor_flags{"/proc/cpuinfo with the processor's flags", "grep -q ^flags /proc/cpuinfo", true};
// Programs and libraries.
inline constexpr Need chromium{"chromium (Debian: chromium)",
                               "command -v chromium || command -v chromium-browser || command -v google-chrome", true};
inline constexpr Need ninja{"ninja (Debian: ninja-build)", "command -v ninja", false};
inline constexpr Need ccache{"ccache (Debian: ccache)", "command -v ccache", false};
inline constexpr Need gcc{"g++ (Debian: g++)", "command -v g++", false};
inline constexpr Need clang{"clang (Debian: clang)", "command -v clang && command -v clang++", false};
inline constexpr Need wasm_ld{"wasm-ld (Debian: lld)", "command -v wasm-ld", false};
inline constexpr Need lld_link{"lld-link (Debian: lld)", "command -v lld-link", false};
inline constexpr Need python{"python3 (Debian: python3)", "command -v python3", false};
inline constexpr Need numpy{"numpy of /usr/bin/python3 (Debian: python3-numpy)", "/usr/bin/python3 -c 'import numpy'",
                            false};
inline constexpr Need onnx{"python3 with numpy and onnx (Debian: python3-numpy, python3-onnx)",
                           "${PYTHON:-python3} -c 'import numpy, onnx' || python3 -c 'import numpy, onnx' || "
                           "/usr/bin/python3 -c 'import numpy, onnx'",
                           false};
inline constexpr Need stb{"stb (Debian: libstb-dev)", "echo '#include <stb/stb_image.h>' | ${CXX:-c++} -E -x c++ -",
                          false};

}  // namespace need

/// Whether it is missing here. If so, the running case counts as skipped, in part or whole: the program says so at its
/// end, and its exit status is 77 unless something failed; under SSDGEN_TEST_STRICT the case fails, unless the need may
/// lack. A case that cannot go on returns then.
bool lacks(const Need& need);

}  // namespace ssdgen::test
