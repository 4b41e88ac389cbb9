// Whatever stands in a file, reading it ends in weights or in an InputError: no crash, no hang, no unbounded memory.

#include "import/caffe/import.h"
#include "import/import.h"
#include "tools/caffe_networks.h"
#include "tools/message.h"
#include "tools/synthetic_model.h"
#include "weights/random.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>

#include <functional>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Numbers that repeat from run to run.
class Sequence {
  public:
    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state_ >> 33) % limit;
    }

  private:
    std::uint64_t state_ = 12345;
};

constexpr std::size_t largest_file = 20000;  // so that every prefix is tried
constexpr int flips = 10000;

/// Reads every prefix and corrupted copies; counts those that were refused. prefixes: those that may be accepted.
int refusals(const std::string& bytes, const std::function<void(const std::string&)>& read, int valid_prefixes = 0) {
    REQUIRE(bytes.size() <= largest_file);
    int refused = 0;
    const auto attempt = [&](const std::string& corrupt) {
        refused += message_of([&] { read(corrupt); }).empty() ? 0 : 1;
    };
    for (std::size_t length = 0; length < bytes.size(); ++length) attempt(bytes.substr(0, length));
    const int prefixes = refused;
    CHECK(prefixes >= static_cast<int>(bytes.size()) - valid_prefixes);
    Sequence random;
    for (int i = 0; i < flips; ++i) {
        std::string corrupt = bytes;
        const std::size_t count = 1 + random.below(3);
        for (std::size_t k = 0; k < count; ++k)
            corrupt[random.below(bytes.size())] = static_cast<char>(random.below(256));
        attempt(corrupt);
    }
    return refused - prefixes;
}

}  // namespace

TEST_CASE("corrupted safetensors files are read or refused") {
    const std::string bytes =
        serialize_safetensors(random_weights({{"a.weight", {4, 3, 1, 1}, 3}, {"a.bias", {4}, 0}}, 1));
    const int refused = refusals(bytes, [](const std::string& corrupt) { parse_safetensors(corrupt, "w"); });
    CHECK(refused > 1000);
}

TEST_CASE("corrupted tflite files are read or refused") {
    SyntheticModel model;
    model.height = model.width = 8;
    model.first_channels = 2;
    model.pairs = {{1, 2}};
    model.classes = 2;
    for (const Form form : {Form::float16, Form::uint8, Form::int8_per_channel}) {
        model.form = form;
        const bool quantised = form != Form::float16;
        for (const std::string& bytes : {synthetic_classifier(model), synthetic_detector(model)}) {
            const int refused = refusals(bytes, [&](const std::string& corrupt) {
                import_tflite_bytes(corrupt, "net.tflite",
                                    quantised ? ImportOptions{} : ImportOptions{{0}, {1}, std::nullopt});
            });
            CHECK(refused > 500);
        }
    }
}

namespace {

/// Imported or refused; the importer itself checks that what it describes can be read again.
void import_either(const std::string& model, const std::string& prototxt) {
    import_caffemodel_bytes(model, "net.caffemodel", prototxt, "net.prototxt", {{0}, {1}, std::nullopt, ""});
}

}  // namespace

TEST_CASE("corrupted caffemodels are read or refused, with a prototxt and for a description") {
    CaffeStyle style;
    style.batch_norm = true;
    for (const bool detector : {false, true}) {
        const caffe::NetParameter net = detector ? caffe_detector(style) : in_old_form(caffe_classifier({}));
        const std::string prototxt = prototxt_of(net);
        const std::string bytes = caffemodel_of(net);
        const Description description =
            import_caffemodel_bytes(bytes, "net.caffemodel", prototxt, "net.prototxt", {{0}, {1}, std::nullopt, ""})
                .description;
        // A prefix that ends after a layer, or after the fields behind the layers of the old form, is a network.
        int refused = refusals(
            bytes, [&](const std::string& corrupt) { import_either(corrupt, prototxt); },
            net.layer_size() + net.layers_size() + 2);
        CHECK(refused > 500);
        refused = refusals(
            bytes, [&](const std::string& corrupt) { read_caffemodel_weights(corrupt, "w.caffemodel", description); },
            net.layer_size() + net.layers_size() + 2);
        CHECK(refused > 500);
    }
}

TEST_CASE("corrupted prototxts are read or refused") {
    CaffeStyle style;
    style.batch_norm = true;
    const caffe::NetParameter net = caffe_detector(style);
    const caffe::NetParameter old = in_old_form(caffe_classifier({}));
    for (const caffe::NetParameter& each : {net, old}) {
        const std::string bytes = caffemodel_of(each);
        const int refused = refusals(
            prototxt_of(each), [&](const std::string& corrupt) { import_either(bytes, corrupt); }, 1);
        CHECK(refused > 2000);
    }
}
