#include "import/caffe/files.h"
#include "import/caffe/v1.h"
#include "import/shown.h"
#include "support/error.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace ssdgen::caffe {

namespace {

constexpr std::size_t largest_text = std::size_t{2} << 20;  // ten times the longest in use
constexpr int deepest = 100;                                // messages in messages; networks have 5

const std::string package = "ssdgen.caffe.";

/// What the parser objects to, in order. Its only warnings are fields that it does not know.
class Objections : public google::protobuf::io::ErrorCollector {
  public:
    struct Objection {
        int line = -1;
        int column = 0;
        std::string message;
    };
    void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
        all_.push_back({line, column, message});
    }
    void AddWarning(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
        AddError(line, column, message);
    }
    const std::vector<Objection>& all() const { return all_; }

    /// "FILE:3:7: problem", without our own package's name and the full stop.
    [[noreturn]] static void fail(const std::string& file, const Objection& objection) {
        std::string problem = objection.message.empty() ? "does not parse" : objection.message;
        for (std::size_t at = problem.find(package); at != std::string::npos; at = problem.find(package))
            problem.erase(at, package.size());
        if (problem.back() == '.') problem.pop_back();
        for (char& c : problem)
            if (c < ' ' || c > '~') c = '?';
        const std::string place =
            objection.line < 0 ? file : fmt::format("{}:{}:{}", file, objection.line + 1, objection.column + 1);
        fail_input(place, "{}; allowed: a network in protobuf's text format, with the fields of Caffe's caffe.proto",
                   problem.substr(0, 300));
    }

  private:
    std::vector<Objection> all_;
};

/// Does a rule hold for the network's state? (Net::StateMeetsRule of Caffe's net.cpp.)
bool holds(const NetStateRule& rule, const NetState& state) {
    const auto has = [&](const std::string& stage) {
        return std::find(state.stage().begin(), state.stage().end(), stage) != state.stage().end();
    };
    if (rule.has_phase() && rule.phase() != state.phase()) return false;
    if (rule.has_min_level() && state.level() < rule.min_level()) return false;
    if (rule.has_max_level() && state.level() > rule.max_level()) return false;
    return std::all_of(rule.stage().begin(), rule.stage().end(), has) &&
           std::none_of(rule.not_stage().begin(), rule.not_stage().end(), has);
}

bool included(const LayerParameter& layer, const NetState& state) {
    const auto met = [&](const NetStateRule& rule) { return holds(rule, state); };
    if (layer.include_size() > 0) return std::any_of(layer.include().begin(), layer.include().end(), met);
    return std::none_of(layer.exclude().begin(), layer.exclude().end(), met);
}

using Place = std::pair<int, int>;  // line and column

/// The type of each layer, of either form, by the place where it begins.
std::map<Place, std::string> types_by_place(const NetParameter& net,
                                            const google::protobuf::TextFormat::ParseInfoTree& places) {
    std::map<Place, std::string> types;
    const auto add = [&](int field, int index, const std::string& type) {
        const auto place = places.GetLocation(NetParameter::descriptor()->FindFieldByNumber(field), index);
        types[{place.line, place.column}] = type;
    };
    for (int i = 0; i < net.layer_size(); ++i) add(NetParameter::kLayerFieldNumber, i, net.layer(i).type());
    for (int i = 0; i < net.layers_size(); ++i)
        add(NetParameter::kLayersFieldNumber, i, type_name(net.layers(i).type()));
    return types;
}

/// Whether the field that is not known is one with which a solver's file begins.
bool is_of_solver(const std::string& message) {
    static const char* const fields[] = {"net",       "net_param", "train_net", "test_net",
                                         "test_iter", "base_lr",   "lr_policy"};
    return std::any_of(std::begin(fields), std::end(fields), [&](const char* field) {
        return message.find(fmt::format("NetParameter\" has no field named \"{}\"", field)) != std::string::npos;
    });
}

NetParameter parse_text(const std::string& text, const std::string& file) {
    Objections objections;
    google::protobuf::TextFormat::ParseInfoTree places;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&objections);
    parser.WriteLocationsTo(&places);
    parser.AllowPartialMessage(true);
    parser.AllowUnknownField(true);
    parser.SetRecursionLimit(deepest);
    NetParameter net;
    const bool parsed = parser.ParseFromString(text, &net);
    const std::string in_no_layer = fmt::format("Message type \"{}NetParameter\"", package);
    const std::map<Place, std::string> types = types_by_place(net, places);
    for (const Objections::Objection& objection : objections.all()) {
        const auto after = types.upper_bound({objection.line, objection.column});
        const bool in_layer = parsed && after != types.begin() && objection.message.rfind(in_no_layer, 0) != 0;
        const std::string type = in_layer ? std::prev(after)->second : "";
        if (parsed && type.empty() && is_of_solver(objection.message))
            fail_input(file,
                       "is the file of a solver, which says how to train; allowed: the deploy.prototxt of the network");
        if (type.empty() || is_understood(type)) Objections::fail(file, objection);
    }
    if (!parsed) Objections::fail(file, {});
    return net;
}

bool ends_with(const std::string& text, const char* end) {
    const std::string_view tail(end);
    return text.size() >= tail.size() && text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

/// What a layer does that only training and its tests have; empty for others. Readers of data and losses are many, and
/// named alike.
std::string training_task(const std::string& type) {
    if (ends_with(type, "Data") || ends_with(type, "DATA")) return "reads data";
    if (ends_with(type, "Loss") || ends_with(type, "LOSS")) return "computes a loss";
    if (type == "Accuracy" || type == "ACCURACY" || type == "DetectionEvaluate") return "measures accuracy";
    return "";
}

/// A network for training has no input of its own but readers of data, some of them for this phase only, and ends in
/// losses.
void refuse_training(const NetParameter& net, const std::string& file) {
    const bool has_input =
        net.input_size() > 0 ||
        std::any_of(net.layer().begin(), net.layer().end(), [](const auto& layer) { return layer.type() == "Input"; });
    std::vector<std::string> signs;
    std::set<std::string> told;
    for (const LayerParameter& layer : net.layer()) {
        const std::string task = training_task(layer.type());
        const bool counts = included(layer, net.state()) || !has_input;
        if (task.empty() || !counts || !told.insert(task).second) continue;
        signs.push_back(fmt::format("layer '{}' ({}) {}", shown(layer.name()), shown(layer.type()), task));
    }
    if (!signs.empty())
        fail_input(
            file,
            "is a prototxt of training: {}; allowed: the deploy.prototxt of the same network, which has an input "
            "of the picture's shape instead and no loss",
            fmt::join(signs, ", "));
}

}  // namespace

NetParameter parse_prototxt(const std::string& text, const std::string& file) {
    if (text.size() > largest_text)
        fail_input(file, "has {} bytes; allowed for a prototxt: at most {}", text.size(), largest_text);
    NetParameter net = parse_text(text, file);
    if (net.layer_size() > 0 && net.layers_size() > 0)
        fail_input(file, "has layers of the old form (layers) and the new one (layer); allowed: one of them");
    if (net.layer_size() + net.layers_size() == 0) fail_input(file, "has no layer; allowed: a network");
    for (const V1LayerParameter& old : net.layers()) {
        if (old.has_layer())
            fail_input(file,
                       "has layers of Caffe's oldest form (layers {{ layer {{ ... }} }}); allowed: layer {{ ... }}, as "
                       "Caffe's tool upgrade_net_proto_text makes it");
        *net.add_layer() = upgrade(old);
    }
    net.clear_layers();
    refuse_training(net, file);
    auto* layers = net.mutable_layer();
    const auto left_out = [&](const LayerParameter& layer) { return !included(layer, net.state()); };
    layers->erase(std::remove_if(layers->begin(), layers->end(), left_out), layers->end());
    return net;
}

}  // namespace ssdgen::caffe
