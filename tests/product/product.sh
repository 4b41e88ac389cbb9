#!/bin/sh
# Builds a product around emitted networks, in a folder of its own, as somebody who has just cloned or installed ssdgen would.
#
#     product.sh installed|source|folder|single_file|cross SOURCE BUILD
#
# SOURCE: ssdgen's source tree; BUILD: where it is built. Skipped (tests/skip.sh) where cross compilers are missing.
set -eu

what=$1 source=$2 build=$3
ssdgen=$build/ssdgen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "product.sh $what: $*" >&2
    exit 1
}

# need COMMAND WHAT: what ./run test does not install (320 MB)
need() {
    command -v "$1" >/dev/null || {
        status=0
        "$source/tests/skip.sh" "product_$what" "$2" --may-lack || status=$?
        exit "$status"
    }
}

# Quiet unless it fails.
quietly() {
    "$@" >log 2>&1 || {
        cat log >&2
        fail "$* failed"
    }
}

# weights FILE SEED [OPTION...]: seeded weights as a file
weights() {
    file=$1 seed=$2
    shift 2
    "$ssdgen" export product/my.json --random-weights "$seed" --prototxt unused.prototxt --caffemodel "product/$file" "$@"
}

# The generator that is given to the source tree's function; with --all none, so that it builds its own (some minutes).
given() {
    if [ -n "${SSDGEN_TEST_ALL-}" ]; then echo -USSDGEN_EXECUTABLE; else echo "-DSSDGEN_EXECUTABLE=$1"; fi
}

make_product() {
    cp -r "$source/tests/product/product" product
    cp "$source/configs/specimen.json" product/my.json
    weights my.caffemodel 1
    weights half.caffemodel 2 --alpha 0.5 --rho 0.75
}

# What the product should find, from a single file of the same network. expect OPTION...
expect() {
    rm -rf plain
    "$ssdgen" generate product/my.json --no-selftest --out plain --target portable --single-file "$@" >/dev/null
    name=$(sed -n 's/^  "name": "\(.*\)",/\1/p' plain/plan.json)
    sed "s/NETWORK/$name/g" >plain/main.cc <<'END'
#include "NETWORK.h"
#include <cstdio>
int main() {
    static NETWORK::Workspace workspace;
    static std::uint8_t picture[40 * 30 * 3];
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * 7 % 251);
    ssd::Detection found[5];
    const int count = NETWORK::detect({picture, 40, 30, 40 * 3, ssd::PixelFormat::rgb}, workspace, found, 5);
    for (int i = 0; i < count; ++i)
        std::printf("class %d, score %.4f, x %.4f to %.4f\n", found[i].label, static_cast<double>(found[i].score),
                    static_cast<double>(found[i].xmin), static_cast<double>(found[i].xmax));
}
END
    (cd plain && quietly c++ -std=c++17 -O2 main.cc "$name.cpp" -o plain)
    plain/plain
}

# check_outputs [RUNNER...]: the product built in b gives what is expected
check_outputs() {
    expect --weights product/my.caffemodel >expected
    "$@" b/product >found || fail "the product gave $?"
    [ -s expected ] || fail "nothing is found"
    cmp expected found
    expect --weights product/half.caffemodel --alpha 0.5 --rho 0.75 >expected
    "$@" b/product small b/half_weights.bin >found || fail "the product gave $?"
    cmp expected found
}

# What is done again, and what is not, after a change. $1: the generator
check_dependencies() {
    quietly cmake --build b
    grep -q -e Building -e generating log && fail "a second build does something"
    rebuilds "the description" product/my.json sed -i 's/"score_threshold": 0.25/"score_threshold": 0.3/' product/my.json
    check_outputs
    rebuilds "the weights" product/my.caffemodel weights my.caffemodel 3
    grep -q "generating small" log && fail "other weights than the small detector's make it anew"
    check_outputs
    rebuilds "the generator" "$1" touch "$1"
    grep -q "Building CXX" log && fail "the same code is compiled again"
    echo '{"name": "specimen"}' >product/my.json
    if cmake --build b >log 2>&1; then fail "a wrong description builds"; fi
    grep -q 'my.json: .*allowed: ' log || fail "a wrong description is not called so"
}

# rebuilds WHAT FILE COMMAND...: a change has CMake and the generator run
rebuilds() {
    changed=$1
    shift 2
    sleep 1.1 # for clocks of whole seconds
    "$@"
    quietly cmake --build b
    grep -q "generating my_detector" log || fail "a change of $changed is not noticed"
}

# A product that allows too little, first or later, is told so and has no folder to build from; it goes on once it allows enough.
# $@: options of CMake
check_limits() {
    refused -DMOST_RAM=2K 'my\.json: needs [0-9,]* bytes of RAM (.*); allowed: at most 2,048 (--max-ram)' "$@"
    quietly cmake -S product -B b -UMOST_RAM "$@"
    [ -e b/ssdgen/my_detector/plan.json ] || fail "nothing is generated"
    refused -DMOST_FLASH=4K 'my\.json: needs [0-9,]* bytes of flash (.*); allowed: at most 4,096 (--max-flash)' "$@"
    refused -DNUMBERS=int8 'my.json: int8 was asked for' -UMOST_FLASH "$@"
    refused -DNUMBERS=int9 '--precision: found int9; allowed: auto, f32, int8' "$@"
    quietly cmake -S product -B b -UNUMBERS "$@"
}

# refused OPTION MESSAGE [OPTION...]
refused() {
    option=$1 message=$2
    shift 2
    if cmake -S product -B b "$@" "$option" >log 2>&1; then fail "$option is accepted"; fi
    grep -q "ssdgen_add_detector, my_detector:" log && grep -q -e "$message" log || {
        cat log >&2
        fail "$option is not called wrong: $message"
    }
    [ ! -e b/ssdgen/my_detector ] || fail "$option leaves an emitted folder"
}

case $what in
installed)
    make_product
    quietly cmake --install "$build" --prefix "$work/prefix"
    for file in bin/ssdgen share/ssdgen/configs/network.schema.json share/ssdgen/templates/layers/kernel.cpp share/ssdgen/runtime/ssd/pool.h; do
        [ -e "prefix/$file" ] || fail "$file is not installed"
    done
    check_limits -DCMAKE_PREFIX_PATH="$work/prefix" -DSMALL_ISA=portable
    quietly cmake --build b
    check_outputs
    check_dependencies prefix/bin/ssdgen
    ;;
source)
    make_product
    cp "$ssdgen" generator
    quietly cmake -S product -B b -DSSDGEN_SOURCE="$source" -DSMALL_ISA=portable "$(given "$work/generator")"
    [ -n "${SSDGEN_TEST_ALL-}" ] || [ ! -e b/ssdgen-host ] || fail "a generator is built beside the one that is given"
    quietly cmake --build b
    check_outputs
    [ -n "${SSDGEN_TEST_ALL-}" ] || check_dependencies generator
    ;;
folder)
    cp "$source/configs/specimen.json" .
    "$ssdgen" generate specimen.json --random-weights 1 --no-selftest --target portable --out vendor/specimen
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(product LANGUAGES CXX)
add_subdirectory(vendor/specimen)
add_executable(product main.cpp)
target_link_libraries(product PRIVATE specimen)
END
    cat >main.cpp <<'END'
#include "specimen.h"
static specimen::Workspace workspace;
int main() {
    static std::uint8_t picture[24 * 24 * 3];
    ssd::Detection found[5];
    return specimen::detect({picture, 24, 24, 24 * 3, ssd::PixelFormat::rgb}, workspace, found, 5) > 0 ? 0 : 1;
}
END
    quietly cmake -S . -B b
    quietly cmake --build b
    b/product || fail "the product finds nothing"
    [ ! -e b/vendor/specimen/specimen_detect ] || fail "the product's build makes the folder's programs"
    ;;
single_file)
    mkdir product
    cp "$source/configs/specimen.json" product/my.json
    weights my.caffemodel 1
    cp "$source/tests/product/product/part.c" .
    expect --weights product/my.caffemodel >expected
    [ -s expected ] || fail "nothing is found"
    # In C, in a folder that holds nothing else, and without the C++ library.
    mkdir alone
    cp plain/specimen.h plain/specimen_c.h plain/specimen.cpp part.c alone
    echo 'int count_in_c(const unsigned char*);
static unsigned char picture[40 * 30 * 3];
int main(void) { for (unsigned i = 0; i < sizeof picture; ++i) picture[i] = (unsigned char)(i * 7 % 251); return count_in_c(picture); }' >alone/main.c
    (cd alone && quietly c++ -std=c++17 -O2 -fno-exceptions -c specimen.cpp &&
        quietly cc -std=c11 -Wall -Wextra -Wpedantic -Werror main.c part.c specimen.o -lm -o product)
    count=0
    alone/product || count=$?
    [ "$count" = "$(wc -l <expected)" ] || fail "the C program finds $count"
    ;;
cross)
    need aarch64-linux-gnu-g++ "a cross compiler (Debian: g++-aarch64-linux-gnu)"
    need qemu-aarch64 "an emulator (Debian: qemu-user)"
    make_product
    cat >toolchain.cmake <<'END'
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
END
    CXX=aarch64-linux-gnu-g++ quietly cmake -S product -B b -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" -DSSDGEN_SOURCE="$source" \
        "$(given "$ssdgen")"
    quietly cmake --build b
    check_outputs qemu-aarch64 -L /usr/aarch64-linux-gnu
    ;;
*) fail "unknown" ;;
esac
echo "product.sh $what: as it should be"
