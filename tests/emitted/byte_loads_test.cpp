// Loads from bytes, as a target's header has them: exact for every number of 16 bits, wherever it begins.
#include "emit/print/printer.h"
#include "emit/print/vectors.h"
#include "kernel/tree.h"
#include "support/words.h"
#include "tools/network.h"
#include "tools/shell.h"
#include "weights/number_formats.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const Element loaded[] = {Element::f32, Element::f16, Element::bf16};

/// void bf16_3(const std::uint8_t* weights, float* to): a vector of three numbers, all lanes of which are stored.
Function load_and_store(Element element, int used, int lanes) {
    return {fmt::format("{}_{}", spell(element), used),
            "",
            {{ParameterRole::weights, "weights", Element::u8}, {ParameterRole::output, "to"}},
            {Load{"v", {"weights", 0}, {element, used}}, Store{{"to", 0}, "v", lanes}}};
}

// Every number of 16 bits, or a float with those in its upper half, at an odd address, with nothing behind the last
// (a reader beyond it would meet a page that nobody may read); the bits of all that is loaded go to the output.
const char* const program = R"(
#include "vectors.h"
#include <cstdio>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using Load = void (*)(const std::uint8_t*, float*);
namespace $space$ {
$functions$
}
using namespace $space$;

constexpr int lanes = $lanes$;
static const Load loads[][lanes] = {$table$};

int main() {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    auto* const pages = static_cast<std::uint8_t*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) return 1;
    const std::size_t bytes[] = {4, 2, 2};
    for (int type = 0; type < 3; ++type)
        for (int used = 1; used <= lanes; ++used)
            for (std::uint32_t first = 0; first < 65536; first += static_cast<std::uint32_t>(used)) {
                const std::size_t size = bytes[type];
                for (std::size_t odd = 0; odd < 2; ++odd) {
                    std::uint8_t* const from = pages + page - size * static_cast<std::size_t>(used) - odd;
                    for (std::uint32_t lane = 0; lane < static_cast<std::uint32_t>(used); ++lane) {
                        const std::uint32_t number = (first + lane) & 0xFFFFU, wide = number << 16 | 0x1234U;
                        const auto narrow = static_cast<std::uint16_t>(number);
                        if (size == 4) std::memcpy(from + size * lane, &wide, 4);
                        if (size == 2) std::memcpy(from + size * lane, &narrow, 2);
                    }
                    float to[lanes];
                    loads[type][used - 1](from, to);
                    std::fwrite(to, sizeof to, 1, stdout);
                }
            }
}
)";

std::uint32_t bits_of(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// What a load has to give for a number of 16 bits.
float wanted(Element element, std::uint32_t number) {
    if (element == Element::f16) return from_half(std::uint16_t(number));
    if (element == Element::bf16) return from_bfloat16(std::uint16_t(number));
    const std::uint32_t bits = number << 16 | 0x1234U;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

bool is_nan(std::uint32_t bits) { return (bits & 0x7FFFFFFFU) > 0x7F800000U; }

/// A NaN may lose what distinguishes it from others, since processors quiet it.
bool same(std::uint32_t a, std::uint32_t b) { return a == b || (is_nan(a) && is_nan(b)); }

std::string program_for(const Target& target, int lanes) {
    std::string functions, table;
    for (const Element element : loaded) {
        std::string row;
        for (int used = 1; used <= lanes; ++used) {
            const Function function = load_and_store(element, used, lanes);
            functions += print_function(function, target);
            row += (row.empty() ? "" : ", ") + function.name;
        }
        table += "{" + row + "}, ";
    }
    std::string text = program;
    for (const auto& [hole, value] : {std::pair<std::string, std::string>{"$functions$", functions},
                                      {"$table$", table},
                                      {"$lanes$", std::to_string(lanes)},
                                      {"$space$", "ssd::kernels::" + target_suffix(target)}})
        for (std::size_t at; (at = text.find(hole)) != std::string::npos;) text.replace(at, hole.size(), value);
    return text;
}

}  // namespace

TEST_CASE("A load gives every f16 and bf16 exactly, from any address, and zeros in the lanes beyond") {
    for (const Target& target : runnable_targets()) {
        CAPTURE(target.name);
        const int lanes = vector_unit(target, Element::f32).lanes;
        const TemporaryFolder folder;
        write_if_changed(folder.path("vectors.h"), print_vectors(target, VectorUse::floats_of_bytes));
        write_if_changed(folder.path("main.cpp"), program_for(target, lanes));
        require_command(compiler() + " -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror main.cpp -o main",
                        folder.path());
        require_command("./main > found.bin", folder.path());
        const std::string found = read_file(folder.path("found.bin"));
        std::size_t at = 0, wrong = 0;
        for (const Element element : loaded)
            for (int used = 1; used <= lanes; ++used)
                for (std::uint32_t first = 0; first < 65536; first += std::uint32_t(used))
                    for (int odd = 0; odd < 2; ++odd)
                        for (int lane = 0; lane < lanes && at < found.size(); ++lane, at += 4) {
                            const std::uint32_t number = (first + std::uint32_t(lane)) & 0xFFFFU;
                            const std::uint32_t bits = lane < used ? bits_of(wanted(element, number)) : 0;
                            wrong += !same(load_little_endian<std::uint32_t>(found, at), bits);
                        }
        CHECK(at == found.size());
        CHECK(at > 3 * 65536 * sizeof(float));
        CHECK(wrong == 0);
    }
}

TEST_CASE("Of a network whose weights are f32 no header holds loads from bytes") {
    for (const Target& target : runnable_targets()) {
        const std::string floats = print_vectors(target, VectorUse::floats),
                          bytes = print_vectors(target, VectorUse::floats_of_bytes);
        CHECK(floats.find("f16") == std::string::npos);
        CHECK(bytes.compare(0, floats.size(), floats) == 0);
        CHECK(bytes.find("load_bf16") != std::string::npos);
    }
}
