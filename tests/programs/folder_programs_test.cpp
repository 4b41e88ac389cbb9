#include "programs.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

// A folder of pictures, and what is in them, on the command line of NAME_detect.

using namespace ssd::test;
using nlohmann::json;

TEST_CASE("detect takes a folder: every picture in it, in the order of the names") {
    const Programs& all = programs();
    fs::create_directories(all.folder / "pictures");
    const std::string green("\x00\xFF\x00", 3), black(3, '\0');
    write(all.folder / "pictures/b.ppm", "P6 4 4 255\n" + quarters(green, black));
    write(all.folder / "pictures/a.PPM", "P6 4 4 255\n" + quarters(black, black));
    write(all.folder / "pictures/notes.txt", "no picture");
    write(all.folder / "labels.txt", "nothing\ngreen\nother\n");
    const Outcome outcome = all.run("tiny_detect pictures --json --labels labels.txt --annotate made/drawn");
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    const json document = json::parse(outcome.out);
    CHECK(document.size() == 1);
    const json& list = document.at("pictures");
    REQUIRE(list.size() == 2);
    CHECK(list.at(0).at("picture") == "a.PPM");
    CHECK(list.at(0).at("detections").empty());
    CHECK(list.at(1).at("picture") == "b.ppm");
    CHECK(list.at(1).at("detections").at(0).at("label") == "green");
    CHECK(list.at(1).at("milliseconds").get<double>() > 0);
    for (const char* drawn : {"a.png", "b.png"}) CHECK(read(all.folder / "made/drawn" / drawn).substr(1, 3) == "PNG");
    const std::string table = all.run("tiny_detect pictures").out;
    CHECK(table.find("tiny: 0 detections in ") == 0);
    CHECK(table.find(", pictures/b.ppm (4 x 4)\n") != std::string::npos);
}

TEST_CASE("detect --truth gives the mean average precision over a folder") {
    const Programs& all = programs();
    fs::create_directories(all.folder / "known");
    const std::string green("\x00\xFF\x00", 3), black(3, '\0');
    for (const char* name : {"1.ppm", "2.ppm"})
        write(all.folder / "known" / name, "P6 4 4 255\n" + quarters(green, black));
    write(all.folder / "known/3.ppm", "P6 4 4 255\n" + quarters(black, black));
    write(all.folder / "labels.txt", "nothing\ngreen\nother\n");
    // Found in both, by equal scores: rightly in the first; the object of the third stays unseen.
    write(all.folder / "truth.txt",
          "1.ppm\tgreen\t0\t0\t0.5\t0.5\n2.ppm\t1\t0\t0.1\t0.1\t0.2\t0\n"
          "3.ppm\t1\t0\t0\t0.5\t0.5\n3.ppm\t1\t0\t0\t1\t1\t1\n");
    const Outcome outcome =
        all.run("tiny_detect known --truth truth.txt --labels labels.txt --score-threshold 0.5 --json");
    CHECK(outcome.err == "");
    const json document = json::parse(outcome.out);
    CHECK(document.at("pictures") == 3);
    CHECK(document.at("objects") == 4);
    CHECK(document.at("map").get<double>() == doctest::Approx(1.0 / 3));
    CHECK(document.at("map_small") == 0);
    CHECK(document.at("map_medium").is_null());
    CHECK(document.at("map_large").get<double>() == doctest::Approx(1.0 / 2));
    CHECK(document.at("median_milliseconds").get<double>() > 0);
    const json& of_class = document.at("classes").at(0);
    CHECK(document.at("classes").size() == 1);
    CHECK(of_class.at("label") == "green");
    CHECK(of_class.at("objects") == 3);
    CHECK(of_class.at("average_precision").get<double>() == doctest::Approx(1.0 / 3));
    const std::string text =
        all.run("tiny_detect known --truth truth.txt --labels labels.txt --score-threshold 0.5").out;
    CHECK(text.find("green                          3    0.3333\nmean average precision 0.3333, small 0.0000") !=
          std::string::npos);
}

TEST_CASE("a wrong truth file ends with its line, what was found and what is allowed") {
    const Programs& all = programs();
    fs::create_directories(all.folder / "one");
    write(all.folder / "one/1.ppm", "P6 4 4 255\n" + quarters(std::string(3, '\0'), std::string(3, '\0')));
    const auto message = [&](const std::string& line) {
        write(all.folder / "wrong.txt", "1.ppm\t1\t0\t0\t1\t1\n" + line + "\n");
        const Outcome outcome = all.run("tiny_detect one --truth wrong.txt");
        CHECK(outcome.status == 1);
        CHECK(outcome.out == "");
        return outcome.err;
    };
    CHECK(message("1.ppm 1 0 0 1 1") ==
          "wrong.txt:2: has 1 fields; allowed: picture, class, ymin, xmin, ymax, xmax and perhaps 1 (difficult) or 0, "
          "with tabs\n");
    CHECK(message("2.ppm\t1\t0\t0\t1\t1") ==
          "wrong.txt:2: \"2.ppm\" is no picture in the folder; allowed: those that are\n");
    CHECK(message("1.ppm\tdog\t0\t0\t1\t1") ==
          "wrong.txt:2: \"dog\" is no class; allowed: a column of the scores, or its name in --labels\n");
    CHECK(message("1.ppm\t1\t0\tx\t1\t1") ==
          "wrong.txt:2: found \"x\" as an edge; allowed: a number relative to the picture, from -1 to 2\n");
    CHECK(message("1.ppm\t1\t0\t0\t1\t0") ==
          "wrong.txt:2: the box is empty; allowed: ymin below ymax and xmin below xmax\n");
    CHECK(message("1.ppm\t1\t0\t0\t1\t1\t2") == "wrong.txt:2: found \"2\"; allowed: 1 (difficult) or 0\n");
}
