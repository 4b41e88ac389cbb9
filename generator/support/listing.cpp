#include "support/listing.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

constexpr std::size_t most_named = 8;
constexpr std::size_t most_lines = 40;
constexpr std::size_t most_candidates = 1000;  // of a damaged file there may be many more

/// Levenshtein's distance.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t exchanged = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string some_of(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size() && i < most_named; ++i) text += (i == 0 ? "" : ", ") + items[i];
    return items.size() > most_named ? fmt::format("{} and {} more", text, items.size() - most_named) : text;
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
    std::string nearest;
    std::size_t fewest = name.size() / 3 + 1;
    for (std::size_t i = 0; i < candidates.size() && i < most_candidates; ++i) {
        const std::string& candidate = candidates[i];
        const std::size_t distance = edits(name.substr(0, 200), std::string_view(candidate).substr(0, 200));
        if (distance >= fewest) continue;
        fewest = distance;
        nearest = candidate;
    }
    return nearest;
}

void fail_together(std::string_view where, std::string_view heading, const std::vector<std::string>& problems) {
    check(!problems.empty(), "a failure has a problem");
    if (problems.size() == 1) fail_input(where, "{}", problems[0]);
    std::string lines;
    for (std::size_t i = 0; i < problems.size() && i < most_lines; ++i) lines += "\n  " + problems[i];
    if (problems.size() > most_lines) lines += fmt::format("\n  and {} more", problems.size() - most_lines);
    fail_input(where, "{}:{}", heading, lines);
}

}  // namespace ssdgen
