// The figures of a point: one table for files, tables and the terminal; what goes into a row comes back.
#include "sweep/figures.h"

#include "support/error.h"
#include "support/files.h"
#include "sweep/figures_json.h"
#include "sweep/row.h"
#include "sweep/tables.h"
#include "tools/shell.h"

#include <doctest/doctest.h>

#include <regex>
#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Json = nlohmann::ordered_json;

/// A point of which everything is known, no two figures alike.
PointFigures full_point() {
    PointFigures point{0.5, 0.75, "portable", "tile"};
    point.input = "224x192";
    point.macs = 1148479168;
    point.macs_share = 0.0189;
    point.textbook_share = 0.140625;
    point.separable_share = 0.125;
    point.params = 5001;
    point.activation_bytes = 7002;
    point.priors = 1917;
    point.weights_bytes = 20032;
    point.arena_bytes = 1478656;
    point.peak_live_bytes = 1400000;
    point.peak_layer = "conv1";
    point.predicted_ms = 21.5;
    point.flash_bytes = 30034;
    point.generate_s = 0.625;
    point.compile_s = 12.375;
    point.code_bytes = 10002;
    point.library_bytes = 40003;
    point.source_bytes = 50004;
    point.map = 0.71;
    point.map_small = 0.25;
    point.map_medium = 0.4375;
    point.map_large = 1;
    point.measurements = {{2, 11.5, 12.5, 33.25, 600001}, {1, 20.655, 23.5, 44.5, 500001}};
    point.failed = "a, \"b\"";
    point.fits = "ms x4.50";
    point.accuracy_front = false;
    return point;
}

std::vector<std::string> keys(const Json& json) {
    std::vector<std::string> list;
    for (const auto& [key, value] : json.items()) list.push_back(key);
    return list;
}

std::string text_of(const PointFigures& point, const std::string& key) {
    for (const Column& column : sweep_columns({1, 2}))
        if (column.key == key) return figure_text(point, column);
    return "no column";
}

}  // namespace

TEST_CASE("The table has every key once, and a heading, a help and a figure of its own with each") {
    const PointFigures point = full_point();
    std::set<std::string> keys, values, headings;
    const std::vector<Column> columns = sweep_columns({1, 2});
    for (const Column& column : columns) {
        CAPTURE(column.key);
        CHECK(keys.insert(column.key).second);
        CHECK(headings.insert(column.heading).second);
        CHECK_FALSE(column.help.empty());
        CHECK(values.insert(figure_json(column.figure.get(point)).dump()).second);
        CHECK((column.figure.get({}) != FigureValue()) == (column.found_in == FoundIn::point));
    }
    CHECK(used_columns(columns, {{}, point}).size() == columns.size());
}

TEST_CASE("Everything that is known of a point comes back from JSON, in both orders of threads") {
    const Json json = figures_json(full_point());
    CHECK(json.size() == sweep_columns({2, 1}).size());
    const PointFigures back = read_figures(json, "row.json");
    for (const Column& column : sweep_columns({1, 2})) {
        CAPTURE(column.key);
        CHECK(column.figure.get(back) == column.figure.get(full_point()));
    }
    CHECK(figures_json(back).dump() == json.dump());
    CHECK(figures_json(PointFigures{1, 1, "portable", "tile"}).dump() ==
          R"({"alpha":1.0,"rho":1.0,"target":"portable","unroll":"tile"})");
}

TEST_CASE("JSON has figures in the order in which steps find them; what was written before keeps its place") {
    PointFigures point{0.5, 1, "portable", "tile"};
    point.input = "8x8";
    point.flash_bytes = 3;
    point.measurement(2).ms = 2.5;
    point.measurement(1).ms = 4;
    const Json first = figures_json(point);
    CHECK(keys(first) ==
          std::vector<std::string>{"alpha", "rho", "target", "unroll", "input", "flash_bytes", "ms_2", "ms_1"});
    point.failed = "measure";
    const Json failed = figures_json(point, first);
    point.code_bytes = 2;
    point.flash_bytes = 5;
    point.fits = "failed";
    const Json last = figures_json(point, failed);
    CHECK(keys(last) == std::vector<std::string>{"alpha", "rho", "target", "unroll", "input", "flash_bytes", "ms_2",
                                                 "ms_1", "failed", "code_bytes", "fits"});
    CHECK(last.at("flash_bytes") == 5);
}

TEST_CASE("A whole number that a program printed stays as it was printed; one of ours has a point") {
    PointFigures point{1, 1, "portable", "tile"};
    point.map = 1;
    point.measurement(1).ms = 12;
    point.measurement(1).percent_of_peak = 12.5;
    point.measurement(1).p90_ms = 1500000;  // 1.5e+06 to the program
    point.compile_s = 3;
    CHECK(figures_json(point).dump() ==
          R"({"alpha":1.0,"rho":1.0,"target":"portable","unroll":"tile","compile_s":3.0,"map":1,"ms_1":12,)"
          R"("p90_ms_1":1500000.0,"percent_of_peak_1":12.5})");
}

TEST_CASE("The row file of an older version reads: what is missing is not known, what is unknown is kept") {
    const TemporaryFolder folder;
    const std::string file = folder.path("row.json");
    write_if_changed(file,
                     R"({"figures": {"alpha": 1, "rho": 0.5, "speed_of_light": 3, "target": "portable",
                         "unroll": "tile", "macs": 1000, "ms_4": 2, "percent_of_peak_4": null, "per_second_4": "many"},
                         "timed": []})");
    const SweepRow row = read_row(file);
    CHECK(row.figures.alpha == 1);
    CHECK(row.figures.rho == 0.5);
    CHECK(row.figures.macs == 1000);
    CHECK(row.figures.ms(4) == 2);
    CHECK_FALSE(row.figures.ms(1));
    CHECK_FALSE(row.figures.arena_bytes);
    CHECK_FALSE(row.figures.failed);
    const Json again = figures_json(row.figures, row.written);
    CHECK(again.at("speed_of_light") == 3);
    CHECK(again.at("per_second_4") == "many");
    CHECK(keys(again) == keys(row.written));
}

TEST_CASE("A row file with a figure of another kind, or without a target, is refused with its name") {
    const Json json = figures_json(full_point());
    const auto changed = [&](const char* key, const Json& value) {
        Json other = json;
        other[key] = value;
        return other;
    };
    CHECK_THROWS_WITH_AS(read_figures(changed("macs", "many"), "row.json"),
                         "row.json: /figures/macs: found \"many\"; allowed: what ssdgen sweep writes there",
                         InputError);
    for (const auto& [key, value] : {std::pair("macs", Json(1.5)), std::pair("ms_1", Json("fast")),
                                     std::pair("peak_layer", Json(3)), std::pair("accuracy_front", Json("perhaps"))}) {
        CAPTURE(key);
        CHECK_THROWS_AS(read_figures(changed(key, value), "row.json"), InputError);
    }
    Json without = json;
    without.erase("target");
    CHECK_THROWS_WITH_AS(read_figures(without, "row.json"),
                         "row.json: its figures have no target; allowed: a row that ssdgen sweep wrote", InputError);
}

TEST_CASE("sweep.csv: keys, then a line a point; what is not known is empty, what needs it is quoted") {
    std::vector<PointFigures> points{{0.5, 1, "portable", "tile"}, {1, 1, "portable", "tile"}};
    points[0].macs = 1000;
    points[1].failed = "a, \"b\"";
    CHECK(sweep_csv(used_columns(sweep_columns({1}), points), points) ==
          "alpha,rho,target,unroll,macs,failed\r\n0.5,1.0,portable,tile,1000,\r\n"
          "1.0,1.0,portable,tile,,\"a, \"\"b\"\"\"\r\n");
}

TEST_CASE("Figures for a person") {
    const PointFigures point = full_point();
    CHECK(text_of(point, "alpha") == "0.5");
    CHECK(text_of(point, "macs") == "1148");
    CHECK(text_of(point, "ms_1") == "20.7");
    CHECK(text_of(point, "ms_2") == "11.5");
    CHECK(text_of(point, "percent_of_peak_1") == "44.5");
    CHECK(text_of(point, "compile_s") == "12.4");
    CHECK(text_of(point, "arena_bytes") == "1,444");
    CHECK(text_of(point, "target") == "portable");
    CHECK(text_of(point, "macs_share") == "0.0189");
    CHECK(text_of(point, "map") == "0.710");
    CHECK(text_of(point, "map_large") == "1.000");
    CHECK(text_of(point, "priors") == "1,917");
    CHECK(text_of(point, "accuracy_front") == "no");
    CHECK(text_of({}, "params") == "");
}

TEST_CASE("A terminal shows target and form where points differ in them, and headings in ASCII") {
    std::vector<PointFigures> points{full_point(), full_point()};
    const auto heading = [&] {
        const std::string text = sweep_text(used_columns(sweep_columns({1}), points), points);
        return text.substr(0, text.find('\n'));
    };
    CHECK(heading().find("target") == std::string::npos);
    CHECK(heading().find("unroll") == std::string::npos);
    CHECK(heading().find(" a^2 r^2 ") != std::string::npos);
    CHECK(heading().find("priors") == std::string::npos);
    points[1].unroll = "full";
    CHECK(heading().find("unroll") != std::string::npos);
    CHECK(heading().find("target") == std::string::npos);
}

TEST_CASE("Every figure that the page asks for by its key is a column") {
    const std::string script = read_file(SSDGEN_SOURCE_DIR "/generator/sweep/page/sweep.js");
    std::set<std::string> keys;
    for (const Column& column : sweep_columns({1})) keys.insert(column.key);
    const std::regex asked(R"re((?:value\(\w+, |axis\(|known\(|distinct\(|column_of\(|column\.key [!=]== )"(\w+)")re");
    int found = 0;
    for (std::sregex_iterator at(script.begin(), script.end(), asked), end; at != end; ++at, ++found) {
        CAPTURE(at->str());
        CHECK(keys.count((*at)[1]) == 1);
    }
    CHECK(found > 30);
}
