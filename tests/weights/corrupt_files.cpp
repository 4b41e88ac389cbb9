// Whatever stands in a file, reading it ends in weights or in an InputError: no crash, no hang, no unbounded memory.

#include <doctest/doctest.h>

#include <functional>

#include "weights/import.h"
#include "weights/message.h"
#include "weights/random.h"
#include "weights/safetensors.h"
#include "weights/synthetic_model.h"

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

/// Reads prefixes and corrupted copies; counts those that were refused.
int refusals(const std::string& bytes, int flips, const std::function<void(const std::string&)>& read) {
    int refused = 0;
    const auto attempt = [&](const std::string& corrupt) {
        refused += message_of([&] { read(corrupt); }).empty() ? 0 : 1;
    };
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 2000);
    for (std::size_t length = 0; length < bytes.size(); length += step) attempt(bytes.substr(0, length));
    const int prefixes = refused;
    CHECK(prefixes == static_cast<int>((bytes.size() + step - 1) / step));
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
    const int refused = refusals(bytes, 5000, [](const std::string& corrupt) { parse_safetensors(corrupt, "w"); });
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
            const int refused = refusals(bytes, 5000, [&](const std::string& corrupt) {
                import_tflite_bytes(corrupt, "net.tflite",
                                    quantised ? ImportOptions{} : ImportOptions{{0}, {1}, std::nullopt});
            });
            CHECK(refused > 500);
        }
    }
}
