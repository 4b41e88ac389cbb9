#include "quantize/truth.h"

#include "support/error.h"
#include "support/files.h"
#include "support/warnings.h"

#include "programs/labels.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

namespace ssdgen {

namespace {

using application::Edges;
using application::Truth;
using nlohmann::json;

/// The columns of the scores by the words that stand for them.
class Classes {
  public:
    Classes(const std::string& labels, const Head& head) : labels_(labels) {
        for (int column = 0; column < head.classes; ++column) columns_[std::to_string(column)] = column;
        if (labels.empty()) return;
        const application::LabelFile file =
            application::read_labels(labels, read_file(labels), head.classes, head.background);
        if (!file.error.empty())
            fail_input(file.line == 0 ? labels : fmt::format("{}:{}", labels, file.line), "{}", file.error);
        if (!file.remark.empty()) warn(labels, "{}", file.remark);
        for (std::size_t column = 0; column < file.names.size(); ++column)
            if (!file.names[column].empty()) columns_[file.names[column]] = static_cast<int>(column);
    }

    int column(const std::string& where, const std::string& name) const {
        const auto found = columns_.find(name);
        if (found != columns_.end()) return found->second;
        fail_input(where, "\"{}\" is no class; allowed: a column of the scores{}", name.substr(0, 100),
                   labels_.empty() ? ", or its name with --labels FILE" : ", or its name in " + labels_);
    }
    bool has_names() const { return !labels_.empty(); }

  private:
    std::string labels_;
    std::map<std::string, int> columns_;
};

void check_box(const std::string& where, const Edges& box) {
    for (const double edge : {box.ymin, box.xmin, box.ymax, box.xmax})
        if (!(edge >= -1 && edge <= 2))
            fail_input(where, "found {} as an edge; allowed: one relative to the picture, from -1 to 2", edge);
    if (!(box.ymin < box.ymax && box.xmin < box.xmax))
        fail_input(where, "the box is empty; allowed: ymin below ymax and xmin below xmax");
}

std::map<std::string, int> numbers_of(const Pictures& pictures) {
    std::map<std::string, int> numbers;
    for (std::size_t i = 0; i < pictures.pictures.size(); ++i)
        numbers.emplace(pictures.pictures[i].name, static_cast<int>(i));
    return numbers;
}

double number_of(const std::string& where, const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value))
        fail_input(where, "found \"{}\"; allowed: a number", text.substr(0, 40));
    return value;
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == at)
            parts.emplace_back();
        else if (c != '\r')
            parts.back().push_back(c);
    }
    return parts;
}

std::vector<Truth> read_lines(const std::string& path, const Classes& classes, const Pictures& pictures) {
    const std::map<std::string, int> numbers = numbers_of(pictures);
    std::vector<Truth> truths;
    int number = 0;
    for (const std::string& line : split(read_file(path), '\n')) {
        const std::string where = fmt::format("{}:{}", path, ++number);
        if (line.empty()) continue;
        const std::vector<std::string> fields = split(line, '\t');
        if (fields.size() != 6 && fields.size() != 7)
            fail_input(where,
                       "has {} fields; allowed: picture, class, ymin, xmin, ymax, xmax and perhaps 1 (difficult) or 0, "
                       "with tabs",
                       fields.size());
        const auto picture = numbers.find(fields[0]);
        if (picture == numbers.end())
            fail_input(where, "\"{}\" is no picture; allowed: those that are there", fields[0].substr(0, 100));
        const bool difficult = fields.size() == 7 && fields[6] == "1";
        if (fields.size() == 7 && !difficult && fields[6] != "0")
            fail_input(where, "found \"{}\"; allowed: 1 (difficult) or 0", fields[6].substr(0, 40));
        const auto edge = [&](std::size_t field) { return number_of(where, fields[field]); };
        const Truth truth{
            picture->second, classes.column(where, fields[1]), {edge(2), edge(3), edge(4), edge(5)}, difficult};
        check_box(where, truth.box);
        truths.push_back(truth);
    }
    return truths;
}

/// A picture of COCO's that is one of ours.
struct CocoPicture {
    int number = 0;
    double height = 0, width = 0;
};

std::vector<Truth> read_coco(const std::string& path, const Classes& classes, const Pictures& pictures) {
    std::vector<Truth> truths;
    try {
        const json document = json::parse(read_file(path));
        const std::map<std::string, int> numbers = numbers_of(pictures);
        std::map<std::int64_t, CocoPicture> by_id;
        for (const json& image : document.at("images")) {
            const auto found = numbers.find(image.at("file_name").get<std::string>());
            if (found == numbers.end()) continue;
            by_id[image.at("id").get<std::int64_t>()] = {found->second, image.at("height").get<double>(),
                                                         image.at("width").get<double>()};
        }
        std::map<std::int64_t, std::string> names;
        for (const json& category : document.at("categories")) {
            const std::int64_t id = category.at("id").get<std::int64_t>();
            names[id] = classes.has_names() ? category.at("name").get<std::string>() : std::to_string(id);
        }
        for (std::size_t i = 0; i < document.at("annotations").size(); ++i) {
            const json& annotation = document.at("annotations")[i];
            const auto picture = by_id.find(annotation.at("image_id").get<std::int64_t>());
            if (picture == by_id.end()) continue;
            const std::string where = at(path, fmt::format("/annotations/{}", i));
            const CocoPicture& of = picture->second;
            const auto& box = annotation.at("bbox");
            const double x = box.at(0).get<double>(), y = box.at(1).get<double>();
            const double width = box.at(2).get<double>(), height = box.at(3).get<double>();
            const auto name = names.find(annotation.at("category_id").get<std::int64_t>());
            if (name == names.end()) fail_input(where, "has a category_id that is none; allowed: one of /categories");
            const bool crowd = annotation.contains("iscrowd") && annotation["iscrowd"] == 1;
            const Truth truth{of.number,
                              classes.column(where, name->second),
                              {y / of.height, x / of.width, (y + height) / of.height, (x + width) / of.width},
                              crowd};
            check_box(where, truth.box);
            truths.push_back(truth);
        }
    } catch (const json::exception& error) {
        fail_input(path, "is no annotation file of COCO's ({}); allowed: images, categories and annotations as there",
                   error.what());
    }
    return truths;
}

/// What stands between <name> and </name>, from a position on; that moves behind it. Nothing if there is none.
std::optional<std::string> next_element(const std::string& xml, const std::string& name, std::size_t& position) {
    const std::string open = "<" + name + ">", close = "</" + name + ">";
    const std::size_t begin = xml.find(open, position);
    const std::size_t end = begin == std::string::npos ? begin : xml.find(close, begin);
    if (end == std::string::npos) return std::nullopt;
    position = end + close.size();
    return xml.substr(begin + open.size(), end - begin - open.size());
}

std::optional<std::string> element(const std::string& xml, const std::string& name) {
    std::size_t position = 0;
    std::optional<std::string> text = next_element(xml, name, position);
    if (!text) return std::nullopt;
    const std::size_t first = text->find_first_not_of(" \t\r\n"), last = text->find_last_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text->substr(first, last - first + 1);
}

/// VOC counts pixels from 1, both ends within the box.
std::vector<Truth> read_voc(const std::string& folder, const Classes& classes, const Pictures& pictures) {
    std::vector<Truth> truths;
    for (std::size_t i = 0; i < pictures.pictures.size(); ++i) {
        const std::filesystem::path picture(pictures.pictures[i].name);
        const std::string path = (std::filesystem::path(folder) / picture.stem()).string() + ".xml";
        const std::string xml = read_file(path);
        const auto number = [&](const std::string& text, const char* name) {
            const std::optional<std::string> found = element(text, name);
            if (!found) fail_input(path, "has no <{}>; allowed: an annotation of VOC's", name);
            return number_of(path, *found);
        };
        const std::string size = element(xml, "size").value_or("");
        const double height = number(size, "height"), width = number(size, "width");
        if (!(height > 0 && width > 0)) fail_input(path, "states a size of {} x {}; allowed: above 0", height, width);
        std::size_t position = 0;
        while (const std::optional<std::string> object = next_element(xml, "object", position)) {
            // An object's parts, heads and hands, have names and boxes of their own behind its own.
            const std::string own = object->substr(0, object->find("<part>"));
            const std::optional<std::string> name = element(own, "name"), box = element(own, "bndbox");
            if (!name || !box) fail_input(path, "has an <object> without <name> or <bndbox>; allowed: both");
            const Truth truth{static_cast<int>(i),
                              classes.column(path, *name),
                              {(number(*box, "ymin") - 1) / height, (number(*box, "xmin") - 1) / width,
                               number(*box, "ymax") / height, number(*box, "xmax") / width},
                              element(own, "difficult").value_or("0") == "1"};
            check_box(path, truth.box);
            truths.push_back(truth);
        }
    }
    return truths;
}

}  // namespace

std::vector<Truth> read_truth(const std::string& path, const std::string& labels, const Pictures& pictures,
                              const Head& head) {
    const Classes classes(labels, head);
    std::error_code ignored;
    std::vector<Truth> truths;
    if (std::filesystem::is_directory(path, ignored))
        truths = read_voc(path, classes, pictures);
    else if (std::filesystem::path(path).extension() == ".json")
        truths = read_coco(path, classes, pictures);
    else
        truths = read_lines(path, classes, pictures);
    if (truths.empty()) fail_input(path, "has no object in the pictures; allowed: what is in them");
    return truths;
}

}  // namespace ssdgen
