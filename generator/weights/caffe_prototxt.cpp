#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "support/error.h"
#include "weights/caffe_files.h"
#include "weights/caffe_v1.h"

namespace ssdgen::caffe {

namespace {

constexpr std::size_t largest_text = std::size_t{2} << 20;  // ten times the longest in use

/// Keeps the first error.
class FirstError : public google::protobuf::io::ErrorCollector {
  public:
    void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
        if (!message_.empty()) return;
        line_ = line;
        column_ = column;
        message_ = message;
    }
    void AddWarning(int, google::protobuf::io::ColumnNumber, const std::string&) override {}

    /// "FILE:3:7: problem", without our own package's name and the full stop.
    [[noreturn]] void fail(const std::string& file) const {
        std::string problem = message_.empty() ? "does not parse" : message_;
        const std::string package = "ssdgen.caffe.";
        for (std::size_t at = problem.find(package); at != std::string::npos; at = problem.find(package))
            problem.erase(at, package.size());
        if (problem.back() == '.') problem.pop_back();
        for (char& c : problem)
            if (c < ' ' || c > '~') c = '?';
        const std::string place = line_ < 0 ? file : fmt::format("{}:{}:{}", file, line_ + 1, column_ + 1);
        fail_input(place, "{}; allowed: a network in protobuf's text format, with the fields of Caffe's caffe.proto",
                   problem.substr(0, 300));
    }

  private:
    int line_ = -1;
    int column_ = 0;
    std::string message_;
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

}  // namespace

NetParameter parse_prototxt(const std::string& text, const std::string& file) {
    if (text.size() > largest_text)
        fail_input(file, "has {} bytes; allowed for a prototxt: at most {}", text.size(), largest_text);
    FirstError error;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    parser.AllowPartialMessage(true);
    NetParameter net;
    if (!parser.ParseFromString(text, &net)) error.fail(file);
    if (net.layer_size() > 0 && net.layers_size() > 0)
        fail_input(file, "has layers of the old form (layers) and the new one (layer); allowed: one of them");
    if (net.layer_size() + net.layers_size() == 0) fail_input(file, "has no layer; allowed: a network");
    for (const V1LayerParameter& old : net.layers()) *net.add_layer() = upgrade(old);
    net.clear_layers();
    auto* layers = net.mutable_layer();
    const auto left_out = [&](const LayerParameter& layer) { return !included(layer, net.state()); };
    layers->erase(std::remove_if(layers->begin(), layers->end(), left_out), layers->end());
    return net;
}

}  // namespace ssdgen::caffe
