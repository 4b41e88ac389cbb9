#pragma once

#include <string>

namespace ssdgen {

/// A number for each axis of a map: along its rows, down the map, and along its columns, across it. A plain number is
/// the same both ways.
struct PerAxis {
    int rows = 1;
    int columns = 1;

    constexpr PerAxis() = default;
    constexpr PerAxis(int both) : rows(both), columns(both) {}
    constexpr PerAxis(int of_rows, int of_columns) : rows(of_rows), columns(of_columns) {}
};

constexpr bool operator==(const PerAxis& a, const PerAxis& b) { return a.rows == b.rows && a.columns == b.columns; }
constexpr bool operator!=(const PerAxis& a, const PerAxis& b) { return !(a == b); }

constexpr bool is_equal_both_ways(const PerAxis& number) { return number.rows == number.columns; }

/// "2", or "2x1" where rows and columns differ.
inline std::string to_string(const PerAxis& number) {
    const std::string rows = std::to_string(number.rows);
    return is_equal_both_ways(number) ? rows : rows + "x" + std::to_string(number.columns);
}

}  // namespace ssdgen
