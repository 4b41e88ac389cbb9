#include "sweep/row.h"

#include "support/error.h"
#include "support/files.h"
#include "support/process.h"
#include "sweep/chain.h"
#include "sweep/figures_json.h"

#include <cstdio>
#include <filesystem>
#include <sstream>

namespace ssdgen {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

Json read_json(const std::string& path) { return Json::parse(read_file(path)); }

/// What the steps of a point left behind, and what is known of it by them; its first failure counts.
class Records {
  public:
    /// written: the figures of point.json.
    Records(std::string folder, const Json& written)
        : figures(read_figures(written, folder + "/point.json")), folder_(std::move(folder)), written_(written) {}

    PointFigures figures;

    /// Null, and a failure, if the step failed, or was not done after another failed.
    Json find(const std::string& step, const std::string& what) {
        const std::string path = folder_ + "/" + step + ".json";
        const Json record = fs::exists(path) ? read_json(path) : Json{{"failed", "was not done"}};
        if (!record.contains("failed")) return record;
        fail(what + ": " + std::string(record["failed"]));
        return nullptr;
    }

    /// The JSON document that a program printed, with a number under the key; null, and a failure, if it printed no
    /// such.
    Json printed(const Json& record, const char* key, const char* what) {
        const Json document = Json::parse(std::string(record.at("output")), nullptr, false);
        if (document.is_object() && document.contains(key) && document.at(key).is_number()) return document;
        fail(fmt::format("{}: the program printed no JSON document with a number {}", what, key));
        return nullptr;
    }

    /// The figures for row.json.
    Json written() const { return figures_json(figures, written_); }

  private:
    void fail(const std::string& reason) {
        if (figures.failed) return;
        figures.failed = reason;
        written_ = written();  // what becomes known after it stands after it
    }

    std::string folder_;
    Json written_;
};

/// The bytes of the sections of machine code in an archive, as `size` tells them; 0 if it cannot.
std::int64_t code_size(const std::string& library, const std::string& folder) {
    const std::string log = folder + "/sections";
    const std::string command = "size -A -d " + shell_word(library) + " > " + shell_word(log) + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) return 0;
    std::istringstream lines(read_file(log));
    std::int64_t bytes = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string section;
        std::int64_t size = 0;
        if (words >> section >> size && section.rfind(".text", 0) == 0) bytes += size;
    }
    return bytes;
}

/// The network's own C++: what the plan decides, neither the runtime nor the programs.
std::int64_t source_size(const std::string& source, const Json& point) {
    std::int64_t bytes = 0;
    for (const std::string file : point.at("own")) {
        std::error_code missing;
        const auto size = fs::file_size(source + "/" + file, missing);
        if (!missing) bytes += std::int64_t(size);
    }
    return bytes;
}

void add_sizes(const std::string& folder, const Json& point, PointFigures& figures) {
    const std::string library = folder + "/build/lib" + std::string(point.at("network")) + ".a";
    if (const std::int64_t code = code_size(library, folder + "/build")) {
        figures.code_bytes = code;
        figures.flash_bytes = figures.weights_bytes.value() + code;
    }
    figures.library_bytes = std::int64_t(fs::file_size(library));
    figures.source_bytes = source_size(folder + "/source", point);
}

void add_compile_time(Records& records, const Json& point) {
    double seconds = 0;
    for (const std::string source : point.at("sources")) {
        const Json record = records.find("build/" + object_name(source), "compile");
        if (record.is_null()) return;
        seconds += double(record.at("seconds"));
    }
    records.figures.compile_s = seconds;
}

/// The stages and the whole as they were measured on one thread.
Json timed_json(const Json& point, const Json& bench) {
    Json timed = Json::array();
    const Json& stages = point.at("stages");
    if (stages.empty() || !bench.contains("layers") || bench.at("layers").size() != stages.size()) return timed;
    double sum = 0;
    for (const Json& layer : bench.at("layers")) sum += double(layer.at("ms"));
    WorkVector whole{};
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const WorkVector work = stages[i];
        for (std::size_t kind = 0; kind < work_kinds; ++kind) whole[kind] += work[kind];
        const double ms = bench.at("layers")[i].at("ms");
        // Alone, a stage counts by its share of the time.
        timed.push_back({{"work", work}, {"ms", ms}, {"weight", ms / sum}});
    }
    timed.push_back({{"work", whole}, {"ms", bench.at("median_ms")}, {"weight", 3}});
    return timed;
}

/// What is no number, null for one that a program cannot tell, is not known.
std::optional<double> number(const Json& json) {
    return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

void add_measurement(const Json& bench, Measurement& measurement) {
    measurement.ms = number(bench.at("median_ms"));
    measurement.p90_ms = number(bench.at("p90_ms"));
    measurement.percent_of_peak = number(bench.at("percent_of_peak"));
    if (bench.at("memory_bytes") > 0) measurement.memory_bytes = bench.at("memory_bytes").get<std::int64_t>();
}

/// Null: no object is of that size.
void add_accuracy(const Json& evaluation, PointFigures& figures) {
    figures.map = number(evaluation.at("map"));
    figures.map_small = number(evaluation.at("map_small"));
    figures.map_medium = number(evaluation.at("map_medium"));
    figures.map_large = number(evaluation.at("map_large"));
}

void add_evaluation(Records& records, const Json& point) {
    for (const std::string source : point.at("application"))
        records.find("build/" + object_name(source), "compile the detector");
    records.find("build/link-detect", "link the detector");
    const Json record = records.find("evaluated", "evaluate");
    if (record.is_null()) return;
    const Json evaluation = records.printed(record, "map", "evaluate");
    if (!evaluation.is_null()) add_accuracy(evaluation, records.figures);
}

/// Gives the stages and the whole as they were measured.
Json add_records(const std::string& folder, const Json& point, Records& records) {
    Json timed = Json::array();
    const Json generated = records.find("generated", "generate");
    if (generated.is_null()) return timed;
    records.figures.generate_s = number(generated.at("seconds"));
    add_compile_time(records, point);
    if (!records.find("build/archive-library", "archive").is_null()) add_sizes(folder, point, records.figures);
    if (point.at("evaluates")) add_evaluation(records, point);
    for (const std::string source : point.at("benchmark"))
        records.find("build/" + object_name(source), "compile the benchmark");
    for (const int threads : point.at("threads")) {
        const Json measured = records.find(fmt::format("measured_{}", threads), "measure");
        if (measured.is_null()) continue;
        const Json bench = records.printed(measured, "median_ms", "measure");
        if (bench.is_null()) continue;
        add_measurement(bench, records.figures.measurement(threads));
        if (threads == 1) timed = timed_json(point, bench);
    }
    return timed;
}

}  // namespace

std::string point_json(const SweepPoint& point, const PointPlan& plan, const std::string& network,
                       const std::vector<int>& threads, bool evaluates) {
    const Manifest& files = plan.files;
    const Json json{
        {"id", point.id()},
        {"network", network},
        {"threads", threads},
        {"evaluates", evaluates},
        {"figures", figures_json(plan.figures)},
        {"sources", files.paths(library_roles)},
        {"benchmark", files.paths({Role::peak, Role::benchmark, Role::observer})},
        {"application", files.paths({Role::application})},
        {"own", files.paths({Role::header, Role::kernel_header, Role::network, Role::c_source, Role::kernel})},
        {"stages", plan.stages}};
    return json.dump(1) + "\n";
}

void write_row(const std::string& folder) {
    const Json point = read_json(folder + "/point.json");
    Records records(folder, point.at("figures"));
    // One that has failed already was not compiled; records may be there from before.
    const Json timed = records.figures.failed ? Json::array() : add_records(folder, point, records);
    write_if_changed(folder + "/row.json", Json{{"figures", records.written()}, {"timed", timed}}.dump(1) + "\n");
}

SweepRow read_row(const std::string& file) {
    const Json json = read_json(file);
    const Json& figures = json.at("figures");
    SweepRow row{read_figures(figures, file), {}, figures};
    for (const Json& one : json.at("timed")) row.timed.push_back({one.at("work"), one.at("ms"), one.at("weight")});
    return row;
}

}  // namespace ssdgen
