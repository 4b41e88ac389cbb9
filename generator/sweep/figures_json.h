#pragma once

#include "sweep/figures.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace ssdgen {

/// Null if it is not known.
nlohmann::ordered_json figure_json(const FigureValue& value);

/// The figures of a point that are known, by the keys of their columns, in the order of the steps that find them.
/// `before` is what has been written of the point already: its keys keep their places and the new ones follow, and keys
/// of another version, which no column has, stay as they are.
nlohmann::ordered_json figures_json(const PointFigures& point,
                                    nlohmann::ordered_json before = nlohmann::ordered_json::object());

/// Reads what figures_json() gave; null is not known, and keys that no column has are left out. InputError, with the
/// name of the file, for a figure of another kind or if it is not said which point it is.
PointFigures read_figures(const nlohmann::ordered_json& json, const std::string& file);

/// sweep.json's list of columns.
nlohmann::ordered_json columns_json(const std::vector<Column>& columns);

}  // namespace ssdgen
