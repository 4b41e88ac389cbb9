// Claim: the mean average precision is that of configs/demo/evaluation.py, which was written apart from it, on random
// scenes.

#include "../../templates/programs/average_precision.h"
#include "tools/skip.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

using namespace application;

namespace {

// Prints the four numbers for lines "picture class ymin xmin ymax xmax" of objects and, with a score in the end, of
// detections.
const char* const program = R"(
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import evaluation
rows = [[float(word) for word in line.split()] for line in open(sys.argv[2])]
truths = [(row[0], row[1], tuple(row[2:6])) for row in rows if len(row) == 6]
found = [(row[0], row[1], row[6], tuple(row[2:6])) for row in rows if len(row) == 7]
result = evaluation.evaluate(found, truths, 5)
print(*[repr(result[key]) for key in ("map", "small", "medium", "large")])
)";

struct Scenes {
    std::vector<Truth> truths;
    std::vector<Found> found;
};

/// Boxes of all sizes; two of three detections lie near an object, some of them twice.
Scenes random_scenes(unsigned seed) {
    std::mt19937 random(seed);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random()) / static_cast<double>(std::mt19937::max());
    };
    Scenes scenes;
    for (int i = 0; i < 150; ++i) {
        const double y = uniform(0, 0.9), x = uniform(0, 0.9), side = uniform(0.05, 0.6);
        scenes.truths.push_back({i / 5, 1 + i % 4, {y, x, y + side * uniform(0.5, 1), x + side}, false});
    }
    for (int i = 0; i < 400; ++i) {
        Found found{i % 30,
                    1 + static_cast<int>(uniform(0, 3.99)),
                    uniform(0, 1),
                    {0, 0, uniform(0.1, 0.7), uniform(0.1, 0.7)}};
        if (i % 3 != 0) {
            const Truth& near = scenes.truths[static_cast<std::size_t>(uniform(0, 149.9))];
            const double off = uniform(-0.06, 0.06);
            found = {near.picture, near.label, found.score, near.box};
            found.box.ymin += off;
            found.box.xmax += off * 0.5;
        }
        scenes.found.push_back(found);
    }
    return scenes;
}

void write(const Scenes& scenes, const std::string& path) {
    std::ofstream file(path);
    file.precision(17);
    const auto edges = [&](const Edges& box) -> std::ostream& {
        return file << box.ymin << ' ' << box.xmin << ' ' << box.ymax << ' ' << box.xmax;
    };
    for (const Truth& one : scenes.truths) {
        file << one.picture << ' ' << one.label << ' ';
        edges(one.box) << '\n';
    }
    for (const Found& one : scenes.found) {
        file << one.picture << ' ' << one.label << ' ';
        edges(one.box) << ' ' << one.score << '\n';
    }
}

}  // namespace

TEST_CASE("random scenes have the mean average precision that Python gives them") {
    const std::string python = "/usr/bin/python3";
    if (ssdgen::test::lacks(ssdgen::test::need::numpy)) return;
    const ssdgen::test::TemporaryFolder temporary;
    const std::string folder = temporary.path();
    std::ofstream(folder + "/program.py") << program;
    for (const unsigned seed : {1U, 2U, 3U}) {
        CAPTURE(seed);
        const Scenes scenes = random_scenes(seed);
        write(scenes, folder + "/scenes");
        const std::string command = python + " " + folder + "/program.py " SSDGEN_SOURCE_DIR "/configs/demo " + folder +
                                    "/scenes > " + folder + "/result";
        REQUIRE(std::system(command.c_str()) == 0);
        std::ifstream result(folder + "/result");
        const Evaluation classes = evaluation_of(scenes.truths, scenes.found);
        for (const SizeRange& range : {every_size, size_ranges[0], size_ranges[1], size_ranges[2]}) {
            CAPTURE(range.name);
            double expected = -1;
            REQUIRE(static_cast<bool>(result >> expected));
            CHECK(expected > 0.05);
            CHECK(expected < 0.95);
            CHECK(mean_average_precision(classes, range) == doctest::Approx(expected).epsilon(1e-12));
        }
    }
}
