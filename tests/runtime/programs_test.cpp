#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

// The programs around an emitted network, compiled from their templates around two networks made by hand (tiny/), and
// their command lines.

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path source = SSDGEN_SOURCE_DIR;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

struct Outcome {
    int status;
    std::string out, err;
};

/// A folder of its own with the programs in it, built once.
class Programs {
  public:
    Programs() {
        std::string pattern = (fs::temp_directory_path() / "ssdgen_programs_XXXXXX").string();
        folder = mkdtemp(pattern.data());
        build("tiny", "detect", "", "");
        build("tiny", "detect", "_without_pictures", "-DSSD_WITHOUT_PICTURES");
        build("tiny", "bench", "", "");
        build("tiny", "selftest", "", "");
        build("tiny", "selftest", "_wrong", "-DTINY_WRONG_WEIGHT");
        build("shade", "classify", "", "");
        build("shade", "bench", "", "");
        build("shade", "selftest", "", "");
    }
    ~Programs() { fs::remove_all(folder); }

    /// Runs in the folder.
    Outcome run(const std::string& command) const {
        const std::string whole = "cd '" + folder.string() + "' && ./" + command + " > out.txt 2> err.txt";
        const int status = std::system(whole.c_str());
        return {WEXITSTATUS(status), read(folder / "out.txt"), read(folder / "err.txt")};
    }

    fs::path folder;

  private:
    static std::string filled(const std::string& file, const std::string& network) {
        std::string text = read(source / "templates" / file);
        const std::string hole = "$network$";
        for (std::size_t at; (at = text.find(hole)) != std::string::npos;) text.replace(at, hole.size(), network);
        return text;
    }

    void build(const std::string& network, const std::string& program, const std::string& suffix,
               const std::string& flags) {
        const fs::path main = folder / (network + "_" + program + suffix + ".cpp");
        write(main, filled(program + ".cpp", network));
        write(folder / "program_weights.h", filled("program_weights_linked.h", network));
        const fs::path tiny = source / "tests/runtime/tiny";
        std::string sources = main.string() + " " + (tiny / (network + ".cpp")).string();
        if (program == "selftest") sources += " " + (tiny / (network + "_expected.cpp")).string();
        if (program == "detect" || program == "classify") sources += " " + (source / "templates/pictures.cpp").string();
        const char* compiler = std::getenv("CXX");
        const std::string command = std::string(compiler != nullptr ? compiler : "c++") +
                                    " -std=c++17 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -pthread " + flags +
                                    " -I" + tiny.string() + " -I" + (source / "templates").string() + " -I" +
                                    (source / "runtime").string() + " " + sources + " -o " +
                                    (folder / (network + "_" + program + suffix)).string();
        REQUIRE(std::system(command.c_str()) == 0);
    }
};

const Programs& programs() {
    static const Programs all;
    return all;
}

/// Four by four pixels of RGB, each quarter of one colour.
std::string quarters(const std::string& upper_left, const std::string& rest) {
    std::string bytes;
    for (int pixel = 0; pixel < 16; ++pixel) bytes += pixel / 8 == 0 && pixel % 4 < 2 ? upper_left : rest;
    return bytes;
}

const std::string detect_usage =
    "usage: tiny_detect (IMAGE | FOLDER | --raw-input FILE.u8) [--json] [--annotate OUT] [--labels FILE] [--truth "
    "FILE] "
    "[--score-threshold S] [--dump-raw DIR] [--threads N]\n";

}  // namespace

TEST_CASE("detect --json prints one document: class, label, score, box, anchor, time") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    write(all.folder / "labels.txt", "nothing\nsay \"\\\xC3\xA9\xFF\"\r\n");
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

TEST_CASE("detect: a score threshold, and labels that end early") {
    const Programs& all = programs();
    write(all.folder / "input.u8", quarters(std::string("\x00\xFF\x00", 3), std::string("\x00\x00\x00", 3)));
    write(all.folder / "labels.txt", "nothing");
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
    write(all.folder / "labels.txt", "nothing\ngreen\n");
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

TEST_CASE("detect takes a folder: every picture in it, in the order of the names") {
    const Programs& all = programs();
    fs::create_directories(all.folder / "pictures");
    const std::string green("\x00\xFF\x00", 3), black(3, '\0');
    write(all.folder / "pictures/b.ppm", "P6 4 4 255\n" + quarters(green, black));
    write(all.folder / "pictures/a.PPM", "P6 4 4 255\n" + quarters(black, black));
    write(all.folder / "pictures/notes.txt", "no picture");
    write(all.folder / "labels.txt", "nothing\ngreen\n");
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
    write(all.folder / "labels.txt", "nothing\ngreen\n");
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
    CHECK(outcome.out == "tiny: 2 layers agree with the reference\n");
    CHECK(all.run("shade_selftest").out == "shade: 1 layers agree with the reference\n");
    outcome = all.run("tiny_selftest_wrong");
    CHECK(outcome.status == 1);
    CHECK(outcome.out ==
          "tiny: layer head is the first to differ: channel 0, row 0, column 0: expected -1.976471, found "
          "-1.973941 (allowed: +-9.9e-05)\n");
}
