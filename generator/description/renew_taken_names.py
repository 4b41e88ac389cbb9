#!/usr/bin/env python3
"""Renews taken_names.txt, the names that a network cannot bear: python3 renew_taken_names.py SSDGEN

Takes g++, gcc, clang++ and clang of this machine with its headers, and what the program SSDGEN emits. Adds to what the file has: other
machines have other headers, and a name that one of them takes is taken.
"""
import functools
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FILE = HERE / "taken_names.txt"
CONFIGS = HERE.parent.parent / "configs"

KEYWORDS = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class co_await co_return co_yield
compl concept const const_cast consteval constexpr constinit continue decltype default delete do double dynamic_cast else enum explicit
export extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private
protected public register reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast struct switch
template this thread_local throw true try typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t
while xor xor_eq
"""

C_HEADERS = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool
stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype"""
POSIX_HEADERS = """aio arpa/inet cpio dirent dlfcn fcntl fmtmsg fnmatch ftw glob grp iconv langinfo libgen monetary mqueue ndbm net/if netdb
netinet/in netinet/tcp nl_types poll pthread pwd regex sched search semaphore spawn strings sys/ipc sys/mman sys/msg sys/resource
sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs sys/time sys/times sys/types sys/uio sys/un sys/utsname sys/wait syslog tar
termios ulimit unistd utime utmpx wordexp malloc alloca sys/cdefs"""
CXX_HEADERS = """algorithm any array atomic bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale cmath
codecvt complex condition_variable csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctgmath ctime cuchar cwchar cwctype deque
exception filesystem forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator limits list locale
map memory memory_resource mutex new numeric optional ostream queue random ratio regex scoped_allocator set shared_mutex sstream stack
stdexcept streambuf string string_view strstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
utility valarray variant vector"""
# For whatever a cross compiler predefines.
TRIPLES = """x86_64-linux-gnu i686-linux-gnu aarch64-linux-gnu arm-linux-gnueabihf arm-none-eabi mips-linux-gnu powerpc-linux-gnu riscv64-linux-gnu
sparc-linux-gnu s390x-linux-gnu m68k-linux-gnu x86_64-w64-mingw32 i686-w64-mingw32 x86_64-apple-macos arm64-apple-macos wasm32 avr
hexagon msp430 x86_64-unknown-freebsd x86_64-unknown-openbsd x86_64-unknown-haiku x86_64-pc-solaris"""
# Headers that stand on other machines' include paths under a plain name.
OTHER_HEADERS = """accctrl basetsd conio corecrt crtdefs direct dos excpt float intrin io mem minwindef process psapi sal share stdarg tchar vadefs
vcruntime winbase windef windows winnt winsock winsock2 winuser AssertMacros Availability AvailabilityMacros TargetConditionals ConditionalMacros
asl bsm copyfile db dns gethostuuid i386 libproc notify membership ntsid removefile runetype sandbox secure standards vis xlocale newlib reent
envlock sys"""
CMAKE_TARGETS = """all ALL ALL_BUILD help HELP install INSTALL preinstall clean CLEAN edit_cache EDIT_CACHE rebuild_cache REBUILD_CACHE test TEST
RUN_TESTS package PACKAGE package_source PACKAGE_SOURCE ZERO_CHECK depend list_install_components LIST_INSTALL_COMPONENTS default_target
cmake_force install_local CMAKE PROJECT Threads Nightly Continuous Experimental NightlyMemoryCheck"""
LIBRARIES = "c m rt dl pthread util gcc gcc_s gcc_eh supc gcov atomic unwind System"  # libNAME.a that compilers link on their own
# Files of the emitted folder that are not NAME's own, of detectors, classifiers and several targets.
FOLDER_FILES = """CMakeLists application average_precision bench classify detect labels orientation peak pictures plan program_weights
selftest truth build layers"""


def run(words, text=""):
    return subprocess.run(words, input=text, capture_output=True, text=True).stdout


def plain(names):
    """Those that could be a network's: identifiers that begin with a letter."""
    return {name for name in names if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)}


def includes(headers, ending):
    lines = [f"#if __has_include(<{name}{ending}>)\n#include <{name}{ending}>\n#endif\n" for name in headers.split()]
    return "".join(lines)


def units():
    """Command and text: everything that is included, in C and in C++."""
    c = includes(C_HEADERS, ".h") + includes(POSIX_HEADERS, ".h")
    for compiler in ("g++", "clang++"):
        for dialect in ("-std=gnu++17", "-std=gnu++20"):
            yield [compiler, "-x", "c++", dialect], c.replace("<stdatomic.h>", "<atomic>") + includes(CXX_HEADERS, "")
    for compiler in ("gcc", "clang"):
        yield [compiler, "-x", "c", "-std=gnu11", "-D_GNU_SOURCE"], c


@functools.lru_cache
def macros():
    names = set()
    for command, text in units():
        names |= set(re.findall(r"^#define (\w+)", run(command + ["-dM", "-E", "-"], text), re.M))
    for triple in TRIPLES.split():
        for language, dialect in (("c++", "gnu++17"), ("c", "gnu11")):
            words = ["clang", f"--target={triple}", "-x", language, f"-std={dialect}", "-dM", "-E", "-"]
            names |= set(re.findall(r"^#define (\w+)", run(words), re.M))
    # Of older compilers and of processors that Clang has no target for.
    return plain(names) | set("unix linux i386 arm mips sparc sun vax hpux sgi riscv m68k mc68000 nios2 PPC WIN32 WIN64 WINNT".split())


def conflicts(command, text, file="-"):
    """Which namespaces the compiler says are something else already."""
    words = ["env", "LC_ALL=C"] + command + ["-fsyntax-only", "-fno-diagnostics-show-caret"]
    words += ["-fmax-errors=0" if command[0] == "g++" else "-ferror-limit=0", file]
    errors = subprocess.run(words, input=text, capture_output=True, text=True).stderr
    return set(re.findall(r"namespace (\w+) \{", errors)) | set(re.findall(r"redefinition of '(\w+)' as different", errors))


def namespaces(names):
    return "".join(f"namespace {name} {{}}\n" for name in sorted(names))


@functools.lru_cache
def declared():
    """What the headers declare at global scope: what cannot be a namespace as well; the functions of C, which no namespace meets, as written."""
    names = set()
    for command, text in units():
        if "c++" in command:
            words = set(re.findall(r"\b[A-Za-z]\w*", run(command + ["-E", "-"], text))) - set(KEYWORDS.split())
            names |= conflicts(command, text + namespaces(words))
        elif command[0] == "gcc":
            with tempfile.NamedTemporaryFile() as prototypes:
                run(command + ["-fsyntax-only", "-aux-info", prototypes.name, "-"], text)
                names |= set(re.findall(r"(\w+) \(", pathlib.Path(prototypes.name).read_text()))
    return plain(names) - set(KEYWORDS.split())


def headers():
    names = set(OTHER_HEADERS.split()) | set(C_HEADERS.split())
    for compiler in ("g++", "clang++"):
        words = subprocess.run([compiler, "-x", "c++", "-E", "-v", "-"], input="", capture_output=True, text=True).stderr
        folders = words.split("search starts here:")[-1].split("End of search list")[0].split()
        for folder in folders:
            names |= {path.stem for path in pathlib.Path(folder).glob("*.h")}
    return plain(names)


def emitted(ssdgen):
    """What the emitted code and its runtime declare at global scope; all else stands in the network's own namespace."""
    names = {"ssd", "std", "main"}
    for config, options in (("specimen", []), ("mobilenet_v1_imagenet", ["--alpha", "0.25"]), ("specimen", ["--target", "portable,x86-64-v3"])):
        with tempfile.TemporaryDirectory() as folder:
            words = [ssdgen, "generate", str(CONFIGS / f"{config}.json"), "--random-weights", "1", "--name", "placeholder", "--out", folder]
            subprocess.run(words + (options if "--target" in options else options + ["--target", "portable"]), check=True, stdout=subprocess.DEVNULL)
            files = list(pathlib.Path(folder).glob("**/*.h")) + list(pathlib.Path(folder).glob("**/*.cpp"))
            words = set(re.findall(r"\b[A-Za-z]\w*", "".join(file.read_text() for file in files)))
            words = {word for word in words if "placeholder" not in word.lower()} - set(KEYWORDS.split()) - macros() - declared()
            # A macro of the runtime's is what C sees of it too.
            names |= {word for word in words if word.lower().startswith("ssd_")}
            words -= names
            before = pathlib.Path(folder) / "namespaces.h"
            for file in sorted(pathlib.Path(folder).glob("*.cpp")):
                command = ["g++", "-std=gnu++17", "-I", folder, "-include", str(before)]
                found = {"once"}
                while found:
                    before.write_text(namespaces(words))
                    found = conflicts(command, "", str(file)) & words
                    names |= found
                    words -= found
    return plain(names)


def kept():
    sections = {}
    for line in FILE.read_text().splitlines() if FILE.exists() else []:
        if line.startswith("["):
            names = sections.setdefault(line.strip("[]"), set())
        elif line and not line.startswith("#"):
            names |= set(line.split())
    return sections


def main():
    sections = {
        "keyword": set(KEYWORDS.split()),
        "macro": macros(),
        "declared": declared(),
        "header": headers(),
        "target": set(CMAKE_TARGETS.split()),
        "library": set(LIBRARIES.split()),
        "file": set(FOLDER_FILES.split()),
        "emitted": emitted(sys.argv[1]),
    }
    for section, names in kept().items():
        if section != "emitted":
            sections[section] |= names
    text = "# Names that a network cannot bear, by what bears them (taken_names.cpp). Written by renew_taken_names.py.\n"
    for section, names in sections.items():
        text += f"\n[{section}]\n"
        line = ""
        for name in sorted(names):
            if len(line) + len(name) > 138:
                text += line + "\n"
                line = ""
            line += (" " if line else "") + name
        text += line + "\n"
    FILE.write_text(text)
    print({section: len(names) for section, names in sections.items()}, file=sys.stderr)


main()
