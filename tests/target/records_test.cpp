// A target is a record and a header of vectors: no other place knows its name.
#include "support/error.h"
#include "support/files.h"
#include "target/table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

using namespace ssdgen;

namespace {

const std::string source = SSDGEN_SOURCE_DIR "/";

/// Who may name a target, and why.
const std::set<std::string> exceptions{
    "generator/cmake/ssdgen_add_detector.cmake",   // what a cross build is for if nothing is said
    "generator/description/renew_taken_names.py",  // which networks it looks for names in
};

bool starts_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

/// A line without its comment.
std::string code_of(const std::string& line, bool script) {
    bool quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\' || (line[at] == '\'' && line.compare(at, 3, "'\"'") == 0)) {
            at += line[at] == '\\' ? 1 : 2;
            continue;
        }
        if (line[at] == '"') quoted = !quoted;
        if (!quoted && (script ? line[at] == '#' : line.compare(at, 2, "//") == 0)) return line.substr(0, at);
    }
    return line;
}

/// "FILE:LINE: LINE'S TEXT" of each line that names a target.
std::string lines_with_targets(const std::string& file) {
    const std::string ending = std::filesystem::path(file).extension().string();
    const bool script = ending == ".cmake" || ending == ".txt" || ending == ".py" || ending == ".in";
    std::istringstream text(read_file(source + file));
    std::string found, line;
    for (int number = 1; std::getline(text, line); ++number) {
        const std::string code = code_of(line, script);
        const auto stands_here = [&](const Target& target) { return code.find(target.name) != std::string::npos; };
        if (std::any_of(targets().begin(), targets().end(), stands_here))
            found += fmt::format("{}:{}: {}\n", file, number, line);
    }
    return found;
}

}  // namespace

TEST_CASE("Outside of generator/target/ and templates/vectors/ nothing that makes code knows a target by its name") {
    std::set<std::string> used;
    for (const char* folder : {"generator", "templates"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source + folder)) {
            const std::string file = std::filesystem::relative(entry.path(), source).generic_string();
            if (!entry.is_regular_file() || entry.path().extension() == ".md" ||
                starts_with(file, "generator/target/") || starts_with(file, "templates/vectors/"))
                continue;
            const std::string found = lines_with_targets(file);
            if (exceptions.count(file) == 0)
                CHECK(found == "");
            else if (!found.empty())
                used.insert(file);
        }
    CHECK(used == exceptions);  // none too many
}

TEST_CASE("Every record is whole: a name of its own, a unit for floats, caches, and vectors that bear its name") {
    std::set<std::string> names, headers;
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        CHECK(names.insert(target.name).second);
        const VectorUnit& unit = vector_unit(target, Element::f32);
        CHECK(std::min({unit.lanes, unit.registers, unit.multiply_adds, unit.loads, unit.latency}) > 0);
        CHECK(std::min(target.caches.l1_bytes, target.caches.l2_bytes_per_cycle) > 0);
        CHECK(target.caches.l1_bytes < target.caches.l2_bytes);
        const std::string space =
            target.family == Family::any ? "namespace ssd::kernels::portable {" : "namespace ssd::kernels::$space$ {";
        CHECK(target.toolchain.vectors.find(space) != std::string::npos);
        CHECK(headers.insert(target.toolchain.vectors).second == target.floats_as.empty());
        // Whoever needs something can ask for it.
        CHECK(target.features.empty() == (target.family == Family::any));
        CHECK(target.features.empty() == target.toolchain.probe.condition.empty());
        CHECK((target.toolchain.vectors.find("$features$") == std::string::npos) == target.toolchain.attribute.empty());
        // The same of what weights that are bytes need besides.
        const ByteLoads& bytes = target.toolchain.byte_loads;
        CHECK(bytes.vectors.find(space) != std::string::npos);
        CHECK(headers.insert(bytes.vectors).second == target.floats_as.empty());
        CHECK(starts_with(bytes.attribute, target.toolchain.attribute));
        CHECK((bytes.vectors.find("$features$") == std::string::npos) == bytes.attribute.empty());
        // And of whole numbers.
        const WholeVectors& whole = target.toolchain.whole;
        CHECK(multiplies_whole_numbers(target));
        CHECK(!whole.vectors.empty());
        for (const std::string& part : whole.vectors) CHECK(part.find(space) != std::string::npos);
        CHECK(starts_with(whole.attribute, target.toolchain.attribute));
    }
}

TEST_CASE("A unit that a target lacks is a fault of our own") {
    Target toy;
    toy.name = "toy";
    CHECK_THROWS_WITH_AS(vector_unit(toy, Element::f32),
                         "internal error: broken invariant: toy multiplies numbers of this type", InternalError);
}

TEST_CASE("./run bench --targets measures the targets of the table") {
    std::string list;
    for (const Target& target : targets()) list += (list.empty() ? "\"" : ", \"") + target.name + "\"";
    CHECK(read_file(source + "tests/bench/bench.py").find("TARGETS = (" + list + ")") != std::string::npos);
}
