#include "programs.h"

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace ssd::test {

namespace {

const fs::path source = SSDGEN_SOURCE_DIR;

using Holes = std::map<std::string, std::string>;

/// A template as an emitted folder has it.
std::string filled(const std::string& file, Holes holes) {
    std::string text = read(source / "templates/programs" / file);
    holes.insert({{"number", "float"},
                  {"unit", "floats"},
                  {"values", "64 * 16"},
                  {"value", "0.5F"},
                  {"sample", "values[pixel * info.pixel_stride + c]"},
                  {"mean", "channel.sum / pixels"},
                  {"tolerance", "constexpr double tolerance = 5e-5;"}});
    for (const auto& [name, value] : holes) {
        const std::string hole = "$" + name + "$";
        for (std::size_t at; (at = text.find(hole)) != std::string::npos;) text.replace(at, hole.size(), value);
    }
    return text;
}

/// What the generator would say of the networks in tiny/.
const Holes tiny{
    {"header", ""},
    {"units", "floats"},
    {"network", "tiny"},
    {"forward_observed",
     "int forward_observed(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace, const "
     "ssd::Executor& executor, const Observer& observer) noexcept"},
    {"layer_count", "2"},
    {"layers", R"({"quarters", "average_pool", 0, 2, 2, 3, 3, 48}, {"head", "pointwise", 1, 2, 2, 3, 3, 12})"},
    {"stage_count", "2"},
    {"stages", R"({"quarters", "average_2x2", 48, 0}, {"head", "scale", 12, 1})"},
    {"step_count", "2"},
    {"steps", R"({"quarters", 0, 1, 0}, {"head", 1, 1, 1})"},
    {"total_macs", "60"},
    {"peak_values", "16"},
    {"peak_flops", "32.0"}};
const Holes shade{{"header", ""},
                  {"units", "floats"},
                  {"network", "shade"},
                  {"forward_observed",
                   "int forward_observed(const std::uint8_t* image, float* logits, Workspace& workspace, const "
                   "ssd::Executor& executor, const Observer& observer) noexcept"},
                  {"layer_count", "1"},
                  {"layers", R"({"logits", "fully_connected", 0, 1, 1, 3, 3, 12})"},
                  {"stage_count", "1"},
                  {"stages", R"({"logits", "shades", 12, 0})"},
                  {"step_count", "1"},
                  {"steps", R"({"logits", 0, 1, 0})"},
                  {"total_macs", "12"},
                  {"peak_values", "16"},
                  {"peak_flops", "32.0"}};

}  // namespace

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

Programs::Programs() {
    write_interface(tiny);
    write_interface(shade);
    build("tiny", "detect", "", "");
    build("tiny", "detect", "_without_pictures", "-DSSD_WITHOUT_PICTURES");
    build("tiny", "bench", "", "");
    for (const char* program : {"detect", "bench", "selftest"})
        build("tiny", program, "_without_weights", "-DTINY_WITHOUT_WEIGHTS=true");
    build("tiny", "selftest", "", "");
    build("tiny", "selftest", "_wrong", "-DTINY_WRONG_WEIGHT");
    build("tiny", "selftest", "_wrong_boxes", "-DTINY_WRONG_FORWARD=boxes");
    build("tiny", "selftest", "_wrong_logits", "-DTINY_WRONG_FORWARD=logits");
    build("shade", "classify", "", "");
    build("shade", "bench", "", "");
    build("shade", "selftest", "", "");
}

Outcome Programs::run(const std::string& command) const {
    const std::string whole = "cd '" + folder.string() + "' && ./" + command + " > out.txt 2> err.txt";
    const int status = std::system(whole.c_str());
    return {WEXITSTATUS(status), read(folder / "out.txt"), read(folder / "err.txt")};
}

void Programs::write_interface(const std::map<std::string, std::string>& holes) const {
    for (const std::string header : {"observer.h", "expected.h"})
        write(folder / (holes.at("network") + "_" + header), filled(header, holes));
}

void Programs::build(const std::string& network, const std::string& program, const std::string& suffix,
                     const std::string& flags) {
    const fs::path main = folder / (network + "_" + program + suffix + ".cpp");
    write(main, filled(program + ".cpp", {{"network", network}, {"weight", "float"}}));
    write(folder / "program_weights.h",
          filled("program_weights_linked.h", {{"network", network}, {"weight", "float"}}));
    const fs::path tiny = source / "tests/programs/tiny";
    std::string sources = main.string() + " " + (tiny / (network + ".cpp")).string();
    if (program == "selftest") sources += " " + (tiny / (network + "_expected.cpp")).string();
    if (program == "detect" || program == "classify")
        sources += " " + (source / "templates/programs/pictures.cpp").string();
    const char* compiler = std::getenv("CXX");
    const std::string command = std::string(compiler != nullptr ? compiler : "c++") +
                                " -std=c++17 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -pthread " + flags +
                                " -I" + folder.string() + " -I" + tiny.string() + " -I" +
                                (source / "templates/programs").string() + " -I" + (source / "runtime").string() + " " +
                                sources + " -o " + (folder / (network + "_" + program + suffix)).string();
    REQUIRE(std::system(command.c_str()) == 0);
}

const Programs& programs() {
    static const Programs all;
    return all;
}

std::string quarters(const std::string& upper_left, const std::string& rest) {
    std::string bytes;
    for (int pixel = 0; pixel < 16; ++pixel) bytes += pixel / 8 == 0 && pixel % 4 < 2 ? upper_left : rest;
    return bytes;
}

namespace {

std::string big_endian(std::size_t value, int bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(value >> (8 * bytes));
    return text;
}

/// Without the checksum, which stb does not ask for.
std::string chunk(const std::string& type, const std::string& data) {
    return big_endian(data.size(), 4) + type + data + "CRC.";
}

}  // namespace

std::string picture_with_orientation(int orientation) {
    std::string rows;
    for (int y = 0; y < 80; ++y) {
        rows += '\0';  // no filter
        for (int x = 0; x < 120; ++x) rows += y < 40 && x < 60 ? std::string("\x00\xFF\x00", 3) : std::string(3, '\0');
    }
    const auto complement = ~rows.size() & 0xFFFF;
    const auto swapped = [](std::size_t value) {
        return std::string{static_cast<char>(value), static_cast<char>(value >> 8)};
    };
    const std::string stored =
        "\x78\x01\x01" + swapped(rows.size()) + swapped(complement) + rows + "sum.";  // one block, not packed
    const std::string exif = std::string("MM\0*", 4) + big_endian(8, 4) + big_endian(1, 2) + big_endian(0x0112, 2) +
                             big_endian(3, 2) + big_endian(1, 4) +
                             big_endian(static_cast<std::size_t>(orientation), 2) + big_endian(0, 6);
    return "\x89PNG\r\n\x1A\n" +
           chunk("IHDR", big_endian(120, 4) + big_endian(80, 4) + std::string("\x08\x02\0\0\0", 5)) +
           chunk("eXIf", exif) + chunk("IDAT", stored) + chunk("IEND", "");
}

}  // namespace ssd::test
