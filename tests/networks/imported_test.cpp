// Other MobileNets in .tflite files, written here in the ways in which converters write them: import, generate,
// compile, compare.
#include "import/import.h"
#include "target/table.h"
#include "tools/program.h"
#include "tools/synthetic_model.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Case {
    const char* name;
    bool detector;
    SyntheticModel model;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    const auto add = [&](const char* name, bool detector, auto change) {
        Case one{name, detector, {}};
        change(one.model);
        all.push_back(one);
    };
    add("float_relu", false, [](SyntheticModel& model) { model.clamp = Clamp::relu; });
    add("gray_half", false, [](SyntheticModel& model) {
        model.channels = 1;
        model.form = Form::float16;
        model.height = 31;
    });
    add("per_channel", false, [](SyntheticModel& model) {
        model.form = Form::int8_per_channel;
        model.fully_connected = true;
        model.pad_then_valid = true;
    });
    add("bytes", false, [](SyntheticModel& model) {
        model.form = Form::uint8;
        model.clamp = Clamp::none;  // the range of the bytes clamps
        model.mean = true;
        model.softmax = false;
    });
    add("float_detector", true, [](SyntheticModel& model) { model.head_kernel = 3; });
    add("byte_detector", true, [](SyntheticModel& model) {
        model.form = Form::uint8;
        model.extras = 2;
    });
    return all;
}

}  // namespace

TEST_CASE("Imported networks of other forms are emitted, pass their self-test and agree with the reference") {
    std::vector<Network> networks;
    for (const Case& one : cases()) {
        CAPTURE(one.name);
        const bool quantised = one.model.form == Form::uint8 || one.model.form == Form::int8_per_channel;
        const ImportOptions options = quantised ? ImportOptions{} : ImportOptions{{128}, {1.0F / 128}, std::nullopt};
        const Imported imported =
            import_tflite_bytes(one.detector ? synthetic_detector(one.model) : synthetic_classifier(one.model),
                                std::string(one.name) + ".tflite", options);
        networks.push_back(make_network(imported.description, imported.weights, find_target("native")));
    }
    std::vector<const Network*> all;
    for (const Network& network : networks) all.push_back(&network);
    const Program program(all);
    for (const Network& network : networks) {
        CAPTURE(network.name());
        CHECK(program.selftest(network).status == 0);
        const auto pictures = pictures_for(network);
        const std::vector<Run> runs = program.run(network, pictures);
        for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
            const auto reference = reference_layers(network, pictures[picture]);
            for (const auto& [layer, values] : runs[picture].layers) {
                CAPTURE(layer);
                CHECK(difference(values, reference.at(layer)) <= 1e-5 * magnitude(reference.at(layer)));
            }
        }
    }
}
