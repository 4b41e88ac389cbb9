#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "application.h"
#include "average_precision.h"

namespace application {

/// A file of what is in a folder's pictures, a line an object, with tabs: picture's file name, class (its column of the
/// scores, or its label), ymin, xmin, ymax, xmax relative to the picture, and, if it likes, 1 for a difficult one.
/// Wrong ones end the program.
class TruthFile {
  public:
    /// classes: columns of the scores; pictures: numbers by file name.
    TruthFile(const std::string& path, const std::map<std::string, int>& pictures, int classes, const Labels& labels)
        : path_(path), pictures_(pictures) {
        for (int column = 0; column < classes; ++column) {
            columns_[std::to_string(column)] = column;
            if (!labels.of(column).empty()) columns_[labels.of(column)] = column;
        }
        for (const std::string& line : lines_of(path)) {
            ++line_;
            if (!line.empty()) truths_.push_back(parse(split(line)));
        }
    }

    const std::vector<Truth>& truths() const { return truths_; }

  private:
    static std::vector<std::string> split(const std::string& line) {
        std::vector<std::string> fields(1);
        for (const char c : line) {
            if (c == '\t') {
                fields.emplace_back();
            } else {
                fields.back().push_back(c);
            }
        }
        return fields;
    }

    [[noreturn]] void reject(const std::string& found, const std::string& allowed) const {
        fail(path_ + ":" + std::to_string(line_) + ": " + found + "; allowed: " + allowed);
    }

    Truth parse(const std::vector<std::string>& fields) const {
        if (fields.size() != 6 && fields.size() != 7)
            reject("has " + std::to_string(fields.size()) + " fields",
                   "picture, class, ymin, xmin, ymax, xmax and perhaps 1 (difficult) or 0, with tabs");
        const auto picture = pictures_.find(fields[0]);
        if (picture == pictures_.end()) reject("\"" + fields[0] + "\" is no picture in the folder", "those that are");
        const auto column = columns_.find(fields[1]);
        if (column == columns_.end())
            reject("\"" + fields[1] + "\" is no class", "a column of the scores, or its name in --labels");
        Truth truth{picture->second, column->second, {}, fields.size() == 7 && fields[6] == "1"};
        if (fields.size() == 7 && fields[6] != "0" && fields[6] != "1")
            reject("found \"" + fields[6] + "\"", "1 (difficult) or 0");
        truth.box = {edge(fields[2]), edge(fields[3]), edge(fields[4]), edge(fields[5])};
        if (!(truth.box.ymin < truth.box.ymax && truth.box.xmin < truth.box.xmax))
            reject("the box is empty", "ymin below ymax and xmin below xmax");
        return truth;
    }

    double edge(const std::string& text) const {
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0' || !(value >= -1 && value <= 2))
            reject("found \"" + text + "\" as an edge", "a number relative to the picture, from -1 to 2");
        return value;
    }

    std::string path_;
    const std::map<std::string, int>& pictures_;
    std::map<std::string, int> columns_;
    int line_ = 0;
    std::vector<Truth> truths_;
};

/// Prints what the network achieved over the pictures, as a table or as one JSON document. times: milliseconds, one a
/// picture.
inline void report(const std::vector<Truth>& truths, const std::vector<Found>& found, std::vector<double> times,
                   const Labels& labels, bool as_json) {
    const Evaluation classes = evaluation_of(truths, found);
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    const double median = times[times.size() / 2];
    std::string members, rows;
    for (const auto& [label, evaluation] : classes) {
        const int wanted = evaluation.wanted(every_size);
        if (wanted == 0) continue;
        const double precision = evaluation.average_precision(every_size);
        members += std::string(members.empty() ? "" : ",") + "{\"class\":" + std::to_string(label) +
                   ",\"label\":" + json_string(labels.of(label)) + ",\"objects\":" + std::to_string(wanted) +
                   ",\"average_precision\":" + json_number(precision) + "}";
        char row[100];
        std::snprintf(row, sizeof row, "%-24.60s %7d %9.4f\n", labels.shown(label).c_str(), wanted, precision);
        rows += row;
    }
    if (as_json) {
        std::string text = "{\"pictures\":" + std::to_string(times.size()) +
                           ",\"objects\":" + std::to_string(truths.size()) +
                           ",\"map\":" + json_number(mean_average_precision(classes, every_size));
        for (const SizeRange& range : size_ranges) {
            text += ",\"map_" + std::string(range.name) + "\":" + json_number(mean_average_precision(classes, range));
        }
        std::printf("%s,\"classes\":[%s],\"median_milliseconds\":%s}\n", text.c_str(), members.c_str(),
                    json_number(median, 6).c_str());
        return;
    }
    std::printf("%-24s %7s %9s\n%s", "class", "objects", "precision", rows.c_str());
    std::printf("mean average precision %.4f", mean_average_precision(classes, every_size));
    for (const SizeRange& range : size_ranges) {
        std::printf(", %s %.4f", range.name, mean_average_precision(classes, range));
    }
    std::printf("\n%zu pictures, %zu objects, median %.3f ms\n", times.size(), truths.size(), median);
}

}  // namespace application
