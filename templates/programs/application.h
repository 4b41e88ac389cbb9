#pragma once

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "labels.h"
#include "ssd/error.h"

/// What the programs around a network share: the command line, files and JSON. None of it belongs to the network.
namespace application {

/// Ends the program because an input is wrong.
[[noreturn]] inline void fail(const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(1);
}

/// What a call of the network returned, unless it is an error: then it ends the program.
inline int checked(const char* network, int result) {
    if (result < 0) fail(std::string(network) + ": " + ssd::error_text(result));
    return result;
}

/// By its bits, which no option of a compiler makes it pass over.
inline bool is_finite(double value) {
    constexpr std::uint64_t exponent = std::uint64_t{0x7FF} << 52;
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return (bits & exponent) != exponent;
}

struct Option {
    std::string name;   // "--threads"
    std::string value;  // what it takes, "N"; empty: nothing
    std::string help;
};

/// The command line: `--option`, `--option VALUE` or `--option=VALUE`, and operands. A wrong one ends the program with
/// status 2, `--help` with 0.
class Arguments {
  public:
    Arguments(std::string program, std::string operands, std::vector<Option> options, int argc, char** argv)
        : program_(std::move(program)), operand_names_(std::move(operands)), options_(std::move(options)) {
        for (int i = 1; i < argc; ++i) take(argc, argv, i);
    }

    const std::vector<std::string>& operands() const { return operands_; }
    bool has(const std::string& name) const { return find(name) != nullptr; }
    std::string text(const std::string& name) const { return has(name) ? *find(name) : std::string(); }

    int integer(const std::string& name, int fallback, int low, int high) const {
        const std::string allowed = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
        return has(name) ? static_cast<int>(std::lrint(number(name, low, high, true, allowed))) : fallback;
    }
    double fraction(const std::string& name, double fallback) const {
        return has(name) ? number(name, 0, 1, false, "a number from 0 to 1") : fallback;
    }

    [[noreturn]] void reject(const std::string& message) const {
        std::fprintf(stderr, "%s: %s\n%s", program_.c_str(), message.c_str(), usage().c_str());
        std::exit(2);
    }

  private:
    void take(int argc, char** argv, int& i) {
        const std::string argument = argv[i];
        if (argument.size() < 2 || argument[0] != '-') {
            operands_.push_back(argument);
            return;
        }
        if (argument == "--help") help();
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        for (const Option& option : options_) {
            if (option.name != name) continue;
            if (has(name)) reject(name + " is given twice; allowed: once");
            if (option.value.empty() && equals != std::string::npos) reject(name + " takes no value");
            std::string value;
            if (!option.value.empty()) {
                if (equals == std::string::npos && i + 1 == argc)
                    reject(name + " has no value; allowed: " + option.value);
                value = equals != std::string::npos ? argument.substr(equals + 1) : argv[++i];
            }
            given_.emplace_back(name, value);
            return;
        }
        std::string allowed;
        for (const Option& option : options_) allowed += option.name + ", ";
        reject("unknown option " + name + "; allowed: " + allowed + "--help");
    }

    const std::string* find(const std::string& name) const {
        for (const auto& [given, value] : given_) {
            if (given == name) return &value;
        }
        return nullptr;
    }

    double number(const std::string& name, double low, double high, bool whole, const std::string& allowed) const {
        const std::string& value = *find(name);
        char* end = nullptr;
        const double result = std::strtod(value.c_str(), &end);
        const bool is_number = !value.empty() && *end == '\0' && is_finite(result) && result >= low && result <= high;
        if (!is_number || (whole && result != std::floor(result))) {
            reject(name + ": found \"" + value + "\"; allowed: " + allowed);
        }
        return result;
    }

    std::string usage() const {
        std::string result = "usage: " + program_ + (operand_names_.empty() ? "" : " " + operand_names_);
        for (const Option& option : options_) {
            if (operand_names_.find(option.name) != std::string::npos) continue;
            result += " [" + option.name + (option.value.empty() ? "]" : " " + option.value + "]");
        }
        return result + "\n";
    }

    [[noreturn]] void help() const {
        std::printf("%s", usage().c_str());
        for (const Option& option : options_) {
            std::printf("  %-26s %s\n", (option.name + " " + option.value).c_str(), option.help.c_str());
        }
        std::exit(0);
    }

    std::string program_, operand_names_;
    std::vector<Option> options_;
    std::vector<std::pair<std::string, std::string>> given_;
    std::vector<std::string> operands_;
};

/// All bytes of a file; false, with the reason, if it cannot be read.
inline bool read_file(const std::string& path, std::vector<std::uint8_t>& bytes, std::string& reason) {
    bytes.clear();
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file != nullptr) {
        std::uint8_t block[65536];
        for (std::size_t count; (count = std::fread(block, 1, sizeof block, file)) > 0;) {
            bytes.insert(bytes.end(), block, block + count);
        }
        if (std::ferror(file) == 0) {
            std::fclose(file);
            return true;
        }
    }
    reason = std::strerror(errno);
    if (file != nullptr) std::fclose(file);
    return false;
}

/// Writes count floats, little-endian.
inline void write_floats(const std::string& path, const float* values, std::size_t count) {
    std::vector<std::uint8_t> bytes(count * 4);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, values + i, sizeof bits);
        for (std::size_t k = 0; k < 4; ++k) bytes[i * 4 + k] = static_cast<std::uint8_t>(bits >> (8 * k));
    }
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const bool written = file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    const bool closed = file != nullptr && std::fclose(file) == 0;
    if (!written || !closed) fail(path + ": cannot be written: " + std::strerror(errno));
}

/// The lines of a text file, without their ends. One that cannot be read ends the program.
inline std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::uint8_t> bytes;
    std::string reason;
    if (!read_file(path, bytes, reason)) fail(path + ": cannot be read: " + reason);
    std::vector<std::string> lines;
    std::string line;
    for (const std::uint8_t byte : bytes) {
        if (byte == '\n') {
            lines.push_back(std::exchange(line, std::string()));
        } else if (byte != '\r') {
            line.push_back(static_cast<char>(byte));
        }
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

/// The names of the columns of the scores.
class Labels {
  public:
    Labels() = default;
    /// A file that cannot be read, or does not fit a network of so many classes, ends the program. background: its
    /// column; -1: there is none.
    Labels(const std::string& path, int classes, int background) {
        std::vector<std::uint8_t> bytes;
        std::string reason;
        if (!read_file(path, bytes, reason)) fail(path + ": cannot be read: " + reason);
        LabelFile file = read_labels(path, std::string(bytes.begin(), bytes.end()), classes, background);
        const std::string place = file.line == 0 ? path : path + ":" + std::to_string(file.line);
        if (!file.error.empty()) fail(place + ": " + file.error);
        if (!file.remark.empty()) std::fprintf(stderr, "%s: %s\n", path.c_str(), file.remark.c_str());
        names_ = std::move(file.names);
    }

    /// Empty if there is none.
    std::string of(int column) const {
        const std::size_t index = static_cast<std::size_t>(column);
        return index < names_.size() ? names_[index] : std::string();
    }
    /// What to show a person: "person", or "class 1" without a label.
    std::string shown(int column) const { return of(column).empty() ? "class " + std::to_string(column) : of(column); }

  private:
    std::vector<std::string> names_;
};

/// Length of the UTF-8 character at the start of text, 0 if it is none.
inline std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first < 0xE0   ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool outside = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
    return overlong || outside ? 0 : length;
}

/// A JSON string; what is no UTF-8 becomes U+FFFD.
inline std::string json_string(std::string_view text) {
    std::string result = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const unsigned char first = static_cast<unsigned char>(text[0]);
        if (length == 0) {
            result += "\\ufffd";
        } else if (first < 0x20) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(first));
            result += code;
        } else {
            if (first == '"' || first == '\\') result += '\\';
            result += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result + "\"";
}

/// A JSON number with so many significant digits (9 give a float back exactly); null for what JSON has no number for.
inline std::string json_number(double value, int digits = 9) {
    if (!is_finite(value)) return "null";
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return text;
}

using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace application
