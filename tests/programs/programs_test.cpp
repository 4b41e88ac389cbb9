#include "programs.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

// The command lines of the programs around a network.

using namespace ssd::test;
using nlohmann::json;

namespace {

const std::string detect_usage =
    "usage: tiny_detect (IMAGE | FOLDER | --raw-input FILE.u8) [--json] [--annotate OUT] [--labels FILE] [--truth "
    "FILE] "
    "[--score-threshold S] [--dump-raw DIR] [--threads N]\n";

}  // namespace

TEST_CASE("detect --json prints one document: class, label, score, box, anchor, time") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    write(all.folder / "labels.txt", "nothing\nsay \"\\\xC3\xA9\xFF\"\r\n???\n");
    for (const char* threads : {"", " --threads 3"}) {
        const Outcome outcome =
            all.run(std::string("tiny_detect --raw-input input.u8 --json --labels labels.txt") + threads);
        CHECK(outcome.status == 0);
        CHECK(outcome.err == "");
        const json document = json::parse(outcome.out);
        CHECK(document.size() == 2);
        CHECK(document.at("milliseconds").get<double>() > 0);
        REQUIRE(document.at("detections").size() == 1);
        const json& found = document.at("detections").at(0);
        CHECK(found.size() == 5);
        CHECK(found.at("class") == 1);
        CHECK(found.at("label") == "say \"\\\u00E9\uFFFD\"");
        CHECK(found.at("score").get<double>() == doctest::Approx(1 / (1 + std::exp(-4.0))).epsilon(1e-6));
        CHECK(found.at("box") == json::parse("[0, 0, 0.5, 0.5]"));
        CHECK(found.at("anchor") == 0);
    }
}

TEST_CASE("detect: a score threshold, and a class without a label") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    write(all.folder / "labels.txt", "nothing\n\nother\n");
    CHECK(json::parse(all.run("tiny_detect --raw-input input.u8 --json --score-threshold 0.99").out)
              .at("detections")
              .empty());
    const json all_of_them =
        json::parse(all.run("tiny_detect --raw-input=input.u8 --json --score-threshold=0 --labels labels.txt").out)
            .at("detections");
    CHECK(all_of_them.size() == 4);
    CHECK(all_of_them.at(0).at("label") == "");
}

TEST_CASE("detect --dump-raw writes little-endian floats, of the picture as the network sees it") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    CHECK(all.run("tiny_detect --raw-input input.u8 --dump-raw made/raw").status == 0);
    CHECK(read(all.folder / "made/raw/boxes.f32") == std::string(64, '\0'));
    const std::string four("\x00\x00\x80\x40", 4), minus_four("\x00\x00\x80\xC0", 4);
    std::string logits = minus_four + four;
    for (int i = 0; i < 10; ++i) logits += minus_four;
    CHECK(read(all.folder / "made/raw/logits.f32") == logits);

    // The same picture twice as large, as a portable pixmap.
    std::string large = "P6 8 8 255\n";
    for (int pixel = 0; pixel < 64; ++pixel)
        large += pixel / 32 == 0 && pixel % 8 < 4 ? std::string("\x00\xFF\x00", 3) : std::string(3, '\0');
    write(all.folder / "large.ppm", large);
    CHECK(all.run("tiny_detect large.ppm --dump-raw of_picture").status == 0);
    CHECK(read(all.folder / "of_picture/logits.f32") == logits);
}

TEST_CASE("detect prints a table, and draws a picture of the picture's size") {
    const Programs& all = programs();
    std::string picture = "P6 120 80 255\n";
    for (int pixel = 0; pixel < 9600; ++pixel)
        picture += pixel / 4800 == 0 && pixel % 120 < 60 ? std::string("\x00\xFF\x00", 3) : std::string(3, '\0');
    write(all.folder / "picture.ppm", picture);
    write(all.folder / "labels.txt", "nothing\ngreen\nother\n");
    const Outcome outcome = all.run("tiny_detect picture.ppm --labels labels.txt --annotate drawn.png");
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find("tiny: 1 detection in ") == 0);
    CHECK(outcome.out.find(" ms on 1 thread, picture.ppm (120 x 80)\n") != std::string::npos);
    CHECK(outcome.out.find("green                     0.982      0.0      0.0     60.0     40.0       0\n") !=
          std::string::npos);
    const std::string png = read(all.folder / "drawn.png");
    CHECK(png.substr(1, 3) == "PNG");
    CHECK(png.substr(16, 8) == std::string("\0\0\0\x78\0\0\0\x50", 8));

    const Outcome unwritable = all.run("tiny_detect picture.ppm --json --annotate missing/drawn.png");
    CHECK(unwritable.status == 1);
    CHECK(unwritable.out == "");
    CHECK(unwritable.err == "missing/drawn.png: cannot be written\n");
}

TEST_CASE("labels without the background are shifted by one, which is said; a label map goes by its ids") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    const auto label = [&](const std::string& file, const std::string& said) {
        const Outcome outcome = all.run("tiny_detect --raw-input input.u8 --json --labels " + file);
        CHECK(outcome.status == 0);
        CHECK(outcome.err == said);
        return json::parse(outcome.out).at("detections").at(0).at("label");
    };
    write(all.folder / "two.txt", "green\nother\n");
    CHECK(label("two.txt",
                "two.txt: found 2 labels for 3 classes; they are taken as those without the background, which is "
                "column 0\n") == "green");
    write(all.folder / "map.pbtxt", "item {\n  name: '/m/01'\n  id: 1\n  display_name: 'green'\n}\n");
    CHECK(label("map.pbtxt", "") == "green");
}

TEST_CASE("a picture is turned as its Exif data say: size, boxes, drawing and truth") {
    const Programs& all = programs();
    fs::create_directories(all.folder / "turned");
    write(all.folder / "turned_labels.txt", "nothing\ngreen\nother\n");
    // Where the stored picture's upper left quarter is shown: its left upper corner, relative to the picture.
    constexpr double corners[8][2] = {{0, 0}, {0, 0.5}, {0.5, 0.5}, {0.5, 0}, {0, 0}, {0, 0.5}, {0.5, 0.5}, {0.5, 0}};
    std::string truth;
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const auto& [top, left] = corners[orientation - 1];
        const std::string name = std::to_string(orientation) + ".png";
        write(all.folder / "turned" / name, picture_with_orientation(orientation));
        const Outcome outcome = all.run("tiny_detect turned/" + name + " --annotate turned_drawn.png");
        const int width = orientation > 4 ? 80 : 120, height = 200 - width;
        CHECK(outcome.out.find("(" + std::to_string(width) + " x " + std::to_string(height) + ")\n") !=
              std::string::npos);
        const std::string png = read(all.folder / "turned_drawn.png");
        CHECK(png.substr(16, 8) == std::string("\0\0\0", 3) + char(width) + std::string("\0\0\0", 3) + char(height));
        const json found = json::parse(all.run("tiny_detect turned/" + name + " --json").out).at("detections");
        REQUIRE(found.size() == 1);
        CHECK(found.at(0).at("box") == json({top, left, top + 0.5, left + 0.5}));
        truth += name + "\tgreen\t" + std::to_string(top) + "\t" + std::to_string(left) + "\t" +
                 std::to_string(top + 0.5) + "\t" + std::to_string(left + 0.5) + "\n";
    }
    write(all.folder / "turned_truth.txt", truth);
    CHECK(json::parse(all.run("tiny_detect turned --json --labels turned_labels.txt --truth turned_truth.txt").out)
              .at("map") == 1);
}

TEST_CASE("inputs that are wrong end with status 1, what was found and what is allowed") {
    const Programs& all = programs();
    write(all.folder / "text.jpg", "no picture");
    write(all.folder / "empty.jpg", "");
    write(all.folder / "short.u8", std::string(47, 'x'));
    write(all.folder / "shade.u8", std::string(5, 'x'));
    const std::string allowed = "; allowed: a JPEG, PNG, BMP, GIF, TGA, PSD or PNM file, or --raw-input FILE.u8\n";
    const auto message = [&](const std::string& command) {
        const Outcome outcome = all.run(command);
        CHECK(outcome.status == 1);
        CHECK(outcome.out == "");
        return outcome.err;
    };
    CHECK(message("tiny_detect --json text.jpg") ==
          "text.jpg: is no picture that can be decoded (unknown image type)" + allowed);
    CHECK(message("tiny_detect --json empty.jpg") == "empty.jpg: is no picture (it is empty)" + allowed);
    CHECK(message("tiny_detect no.jpg") ==
          "no.jpg: is no picture that can be read (No such file or directory)" + allowed);
    fs::create_directories(all.folder / "empty");
    CHECK(message("tiny_detect empty") ==
          "empty: has no picture in it; allowed: JPEG, PNG, BMP, GIF, TGA, PSD or PNM files\n");
    CHECK(message("shade_classify empty") == "empty: is no picture that can be read (Is a directory)" + allowed);
    CHECK(message("tiny_detect --raw-input short.u8") ==
          "short.u8: holds 47 bytes; allowed: 48 (height 4 x width 4 x 3, RGB)\n");
    CHECK(message("shade_classify --raw-input shade.u8") ==
          "shade.u8: holds 5 bytes; allowed: 4 (height 2 x width 2 x 1, gray)\n");
    write(all.folder / "right.u8", std::string(48, 'x'));
    CHECK(message("tiny_detect --raw-input right.u8 --labels no.txt") ==
          "no.txt: cannot be read: No such file or directory\n");
    write(all.folder / "few.txt", "green\n");
    CHECK(message("tiny_detect --raw-input right.u8 --labels few.txt") ==
          "few.txt: found 1 label; allowed: 3, a line a class (??? for one without a name), or 2 without the "
          "background\n");
    write(all.folder / "shade.u8", "four");
    CHECK(message("shade_classify --raw-input shade.u8 --labels few.txt") ==
          "few.txt: found 1 label; allowed: 3, a line a class (??? for one without a name)\n");
    write(all.folder / "far.pbtxt", "item {\n  id: 3\n  name: 'x'\n}\n");
    CHECK(message("tiny_detect --raw-input right.u8 --labels far.pbtxt") ==
          "far.pbtxt:2: found id 3; allowed: ids up to 2 for 3 classes, the background counted\n");
    write(all.folder / "flat.ppm", "P6 4 0 255\n");
    write(all.folder / "thin.ppm", "P6 0 4 255\n");
    CHECK(message("tiny_detect flat.ppm") == "flat.ppm: is no picture (it has no pixels)" + allowed);
    CHECK(message("tiny_detect thin.ppm") == "thin.ppm: is no picture (it has no pixels)" + allowed);
    CHECK(message("tiny_detect --raw-input right.u8 --dump-raw right.u8/raw") ==
          "right.u8/raw: cannot be created: Not a directory\n");
}

TEST_CASE("command lines that are wrong end with status 2 and the usage") {
    const Programs& all = programs();
    const auto message = [&](const std::string& command, const std::string& usage) {
        const Outcome outcome = all.run(command);
        CHECK(outcome.status == 2);
        CHECK(outcome.out == "");
        const std::size_t end = outcome.err.find("usage: ");
        REQUIRE(end != std::string::npos);
        CHECK(outcome.err.substr(end) == usage);
        return outcome.err.substr(0, end);
    };
    const auto detect = [&](const std::string& arguments) { return message("tiny_detect " + arguments, detect_usage); };
    CHECK(detect("--foo x.jpg") ==
          "tiny_detect: unknown option --foo; allowed: --raw-input, --json, --annotate, --labels, --truth, "
          "--score-threshold, --dump-raw, --threads, --help\n");
    CHECK(detect("x.jpg --threads 0") == "tiny_detect: --threads: found \"0\"; allowed: a whole number from 1 to 16\n");
    CHECK(detect("x.jpg --threads 17") ==
          "tiny_detect: --threads: found \"17\"; allowed: a whole number from 1 to 16\n");
    CHECK(detect("x.jpg --threads 2x") ==
          "tiny_detect: --threads: found \"2x\"; allowed: a whole number from 1 to 16\n");
    CHECK(detect("x.jpg --threads") == "tiny_detect: --threads has no value; allowed: N\n");
    CHECK(detect("x.jpg --json=1") == "tiny_detect: --json takes no value\n");
    CHECK(detect("x.jpg --json --json") == "tiny_detect: --json is given twice; allowed: once\n");
    CHECK(detect("x.jpg --score-threshold nan") ==
          "tiny_detect: --score-threshold: found \"nan\"; allowed: a number from 0 to 1\n");
    CHECK(detect("x.jpg --score-threshold -1") ==
          "tiny_detect: --score-threshold: found \"-1\"; allowed: a number from 0 to 1\n");
    CHECK(detect("") == "tiny_detect: 0 inputs are named; allowed: one, IMAGE or --raw-input FILE.u8\n");
    CHECK(detect("x.jpg --raw-input y") ==
          "tiny_detect: 2 inputs are named; allowed: one, IMAGE or --raw-input FILE.u8\n");
    CHECK(detect("x.jpg --truth y") == "tiny_detect: --truth: the input is no folder; allowed: with a folder\n");
    CHECK(detect(". --dump-raw y") == "tiny_detect: --dump-raw: the input is a folder; allowed: with a picture\n");
    CHECK(message("shade_classify --annotate x",
                  "usage: shade_classify (IMAGE | --raw-input FILE.u8) [--json] [--labels FILE] [--dump-raw DIR] "
                  "[--threads N]\n") ==
          "shade_classify: unknown option --annotate; allowed: --raw-input, --json, --labels, --dump-raw, --threads, "
          "--help\n");
    CHECK(message("tiny_bench x", "usage: tiny_bench [--threads N] [--runs N] [--layers] [--json]\n") ==
          "tiny_bench: found \"x\"; allowed: options only\n");
    const Outcome help = all.run("tiny_detect --help");
    CHECK(help.status == 0);
    CHECK(help.out.find(detect_usage) == 0);
}

TEST_CASE("built without stb, detect takes raw inputs and says so") {
    const Programs& all = programs();
    write(all.folder / "input.u8", std::string(48, '\xFF'));
    CHECK(all.run("tiny_detect_without_pictures --raw-input input.u8").status == 0);
    Outcome outcome = all.run("tiny_detect_without_pictures x.jpg");
    CHECK(outcome.status == 2);
    CHECK(
        outcome.err ==
        "tiny_detect: x.jpg: this program was built without stb and reads no pictures; allowed: --raw-input FILE.u8\n" +
            detect_usage);
    outcome = all.run("tiny_detect_without_pictures --raw-input input.u8 --annotate x.png");
    CHECK(outcome.status == 2);
    CHECK(outcome.err ==
          "tiny_detect: --annotate: this program was built without stb and draws nothing\n" + detect_usage);
}

TEST_CASE("classify prints the best classes, best first") {
    const Programs& all = programs();
    write(all.folder / "bright.u8", std::string(4, '\xFF'));
    write(all.folder / "shades.txt", "dark\nmedium\nbright\n");
    const Outcome outcome =
        all.run("shade_classify --raw-input bright.u8 --json --labels shades.txt --dump-raw shade_raw");
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    const json document = json::parse(outcome.out);
    CHECK(document.size() == 2);
    REQUIRE(document.at("classes").size() == 3);
    CHECK(document.at("classes").at(0).size() == 3);
    CHECK(document.at("classes").at(0).at("class") == 2);
    CHECK(document.at("classes").at(0).at("label") == "bright");
    const double sum = std::exp(1.0) + std::exp(0.5) + std::exp(-1.0);
    CHECK(document.at("classes").at(0).at("score").get<double>() == doctest::Approx(std::exp(1.0) / sum).epsilon(1e-6));
    CHECK(document.at("classes").at(2).at("label") == "dark");
    CHECK(read(all.folder / "shade_raw/logits.f32") ==
          std::string("\x00\x00\x80\xBF\x00\x00\x00\x3F\x00\x00\x80\x3F", 12));
    CHECK(all.run("shade_classify --raw-input bright.u8").out.find("  class 2\n") != std::string::npos);
}

TEST_CASE("bench --json keeps the contract, with layers or without") {
    const Programs& all = programs();
    const Outcome outcome = all.run("tiny_bench --threads 2 --runs 7 --json");
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    const json document = json::parse(outcome.out);
    CHECK(document.size() == 11);
    CHECK(document.at("name") == "tiny");
    CHECK(document.at("threads") == 2);
    CHECK(document.at("runs").get<int>() >= 7);
    CHECK(document.at("macs") == 60);
    const double median = document.at("median_ms");
    CHECK(document.at("min_ms").get<double>() <= median);
    CHECK(document.at("p90_ms").get<double>() >= median);
    CHECK(document.at("first_ms").get<double>() > 0);
    CHECK(document.at("memory_bytes").get<long>() >= 0);
    const double peak = document.at("peak_gflops");
    CHECK(peak > 0);
    CHECK(document.at("percent_of_peak").get<double>() ==
          doctest::Approx(100 * 2 * 60 / (median * 1e6 * peak)).epsilon(1e-3));

    const json layered = json::parse(all.run("shade_bench --layers --json").out);
    CHECK(layered.size() == 12);
    REQUIRE(layered.at("layers").size() == 1);
    CHECK(layered.at("layers").at(0).at("name") == "logits");
    CHECK(layered.at("layers").at(0).at("share") == 1.0);
    const std::string text = all.run("tiny_bench --layers").out;
    CHECK(text.find("tiny: input 4 x 4 x 3, 0.0 M multiply-adds, 1 thread\nmedian ") == 0);
    CHECK(text.find("\nquarters  average_2x2 ") != std::string::npos);
}

TEST_CASE("the self-test passes, and names the first layer that differs") {
    const Programs& all = programs();
    Outcome outcome = all.run("tiny_selftest");
    CHECK(outcome.status == 0);
    const std::string proved =
        "so this code computes the description; whether that is your model, --raw-input and --dump-raw can tell\n";
    CHECK(outcome.out == "tiny: 2 layers agree with the reference\n" + proved);
    CHECK(all.run("shade_selftest").out == "shade: 1 layers agree with the reference\n" + proved);
    outcome = all.run("tiny_selftest_wrong");
    CHECK(outcome.status == 1);
    CHECK(outcome.out ==
          "tiny: layer head is the first to differ: channel 0, row 0, column 0: expected -1.976471, found "
          "-1.973941 (allowed: +-9.9e-05)\n");
}

TEST_CASE(
    "the self-test runs forward() itself, and finds one wrong bit of its outputs though the observed run is right") {
    for (const std::string output : {"boxes", "logits"}) {
        const Outcome outcome = programs().run("tiny_selftest_wrong_" + output);
        CHECK(outcome.status == 1);
        CHECK(outcome.out == "tiny: forward() gives other " + output +
                                 " than its observed run, whose layers agree with the reference: tiny.cpp or "
                                 "layers/streams.h is wrong\n");
    }
}

TEST_CASE("a call that the network refuses ends each program with status 1 and what is wrong") {
    const Programs& all = programs();
    write(all.folder / "input.u8", std::string(48, 'x'));
    const std::string missing = "tiny: the workspace has no weights: use_weights was not called, or refused the file\n";
    for (const char* options : {"", " --json", " --dump-raw not_made"}) {
        const Outcome outcome = all.run(std::string("tiny_detect_without_weights --raw-input input.u8") + options);
        CHECK(outcome.status == 1);
        CHECK(outcome.out == "");
        CHECK(outcome.err == missing);
    }
    CHECK_FALSE(fs::exists(all.folder / "not_made"));
    const Outcome timed = all.run("tiny_bench_without_weights --json");
    CHECK(timed.status == 1);
    CHECK(timed.out == "");
    CHECK(timed.err == missing);
    const Outcome compared = all.run("tiny_selftest_without_weights");
    CHECK(compared.status == 1);
    CHECK(compared.out == missing);
}
