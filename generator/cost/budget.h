#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ssdgen {

/// A number of bytes: digits, K (1024), M or G behind them or not: "512K". None for any other text.
std::optional<std::int64_t> parse_bytes(const std::string& text);

/// 524288 as "512K", 1000 as "1000".
std::string bytes_text(std::int64_t bytes);

/// What a product can afford; a limit that is not there is none.
struct Budget {
    std::optional<double> ms;           // median latency, with the first number of threads
    std::optional<std::int64_t> ram;    // bytes of arena, one thread
    std::optional<std::int64_t> flash;  // bytes of weights and machine code
    std::string text{};                 // as it was written

    bool empty() const { return !ms && !ram && !flash; }
};

/// "ms=5,ram=512K,flash=4M", any of them. UsageError, which says that it is about `option`, for anything else.
Budget parse_budget(const std::string& text, const std::string& option);

/// What a network needs; a value that is not known is none.
struct Needs {
    std::optional<double> ms;
    std::optional<double> ram, flash;  // bytes
};

/// By how much the limits are missed.
struct Miss {
    double factor =
        1;  // need / limit of the limit that is missed by most; 1: all are kept; infinite: a need is not known
    std::string limit{};  // "ms", "ram", "flash"; empty: all are kept
};

Miss find_miss(const Budget& budget, const Needs& needs);

}  // namespace ssdgen
