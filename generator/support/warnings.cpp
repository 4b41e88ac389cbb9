#include "support/warnings.h"

#include "support/error.h"

#include <algorithm>
#include <cstdio>

namespace ssdgen {

namespace {

/// The program's one channel of warnings: the readers of inputs stand too deep to hand one through, and run in one
/// thread.
struct Channel {
    std::vector<std::string> lines;
    bool shown = false;
    bool as_errors = false;
};

Channel& channel() {
    static Channel the_channel;
    return the_channel;
}

}  // namespace

void add_warning(std::string line) {
    std::vector<std::string>& lines = channel().lines;
    if (std::find(lines.begin(), lines.end(), line) != lines.end()) return;
    if (channel().shown) std::fprintf(stderr, "ssdgen: warning: %s\n", line.c_str());
    lines.push_back(std::move(line));
}

std::vector<std::string> take_warnings() { return std::exchange(channel().lines, {}); }

void show_warnings(bool as_errors) {
    channel().shown = true;
    channel().as_errors = as_errors;
}

void refuse_warnings() {
    const std::size_t count = channel().lines.size();
    if (channel().as_errors && count != 0)
        throw InputError(fmt::format("found {} warning{}; allowed with --warnings-as-errors: none; nothing is written",
                                     count, count == 1 ? "" : "s"));
}

}  // namespace ssdgen
