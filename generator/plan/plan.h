#pragma once

#include "graph/graph.h"
#include "plan/kernel.h"
#include "target/target.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// The frozen plan: everything that emission may know of a network's code; build_plan() makes it, and nobody edits it
// afterwards. Offsets and sizes are in bytes.

/// Where a step finds or puts a map.
struct Operand {
    enum class Place { arena, picture, boxes, logits };
    Place place = Place::arena;
    std::int64_t offset = 0;
    int pixel_stride = 0;  // numbers from a pixel to the next: the map's channels, or of a slice those of the whole
};

/// A map that the observer of the self-test sees when the step is done.
struct ObservedLayer {
    std::string name;
    std::string kind;
    TensorId tensor = 0;
    Shape input;
    Shape output;
    int rows = 0;          // of the output that are made: in a stream not those at its end that nobody reads
    int pixel_stride = 0;  // of the output, as in MapView
    std::int64_t macs = 0;
    std::int64_t parameters = 0;
};

/// The last rows of a map, in a thread's scratch memory: of what one stage makes, or of what several make, each a slice
/// of the channels.
struct Ring {
    int rows = 0;
    std::int64_t row_size = 0;
    std::int64_t offset = 0;
};

/// Channels of a ring's rows, from one on.
struct RingSlice {
    int ring = 0;  // of the step's
    int first_channel = 0;
};

/// A stage reads a map that is whole.
struct WholeFeed {
    int input = 0;  // of the step's
};

/// A stage reads rows as other stages make them.
struct RowsFeed {
    RingSlice slice{};
    std::vector<int> makers{};  // the stages of the step, all before the reader, that make these channels
};

/// A map that a stage reads.
struct Feed {
    enum class Covers { window, row };
    std::variant<WholeFeed, RowsFeed> from{};
    Covers covers = Covers::window;  // for each row that is made: the rows under the kernel's window, or this row alone
};

/// A kernel at work in a step.
struct Stage {
    std::string name;
    Kernel kernel;
    std::string kernel_name;   // states shape and tile; stages of equal kernels share it
    std::string tile;          // "6x64": pixels x channels
    bool tuned = false;        // chosen by measurement, not by the model
    std::int64_t weights = 0;  // offset into the network's weights
    std::int64_t weights_size = 0;
    std::vector<ObservedLayer> layers;  // one an output
    std::vector<Feed> feeds;            // in the order in which the kernel takes them
    std::optional<RingSlice> ring;      // in a stream, all but the last: where the rows are kept that it makes
};

/// What the threads do together before the next step begins: one kernel on a whole map, or a stream, in which rows pass
/// through several kernels, each making rows when the next one needs them, so that no map between them is ever whole.
struct Step {
    std::string name;
    std::vector<Stage> stages;
    bool stream = false;
    std::string stream_name;          // states the kernels; streams of equal kernels share their code. Not emitted
    std::vector<Operand> inputs;      // maps that are whole; of the first step the picture
    std::vector<Operand> outputs;     // of the last stage
    std::vector<Ring> rings;          // of a stream
    int units = 1;                    // of work; of a stream: rows of its last stage
    std::int64_t scratch_size = 0;    // memory that each thread needs for itself
    std::int64_t scratch = 0;         // where the first thread's lies in the arena
    bool unrolled = false;            // whole: no loop left, one unit
    std::int64_t unrolled_bytes = 0;  // about how much machine code that takes

    const Stage& last() const { return stages.back(); }
    /// What its code is called: steps whose code has one name share it.
    const std::string& code_name() const { return stream ? stream_name : stages[0].kernel_name; }
};

/// A stretch of the arena and the steps during which it holds something.
struct Buffer {
    std::string name;
    std::int64_t offset = 0;
    std::int64_t size = 0;
    int first_step = 0;
    int last_step = 0;  // the last one that reads it; steps.size() is the post-processing
};

struct Plan {
    std::string name;
    Target target{};
    double alpha = 1;
    double rho = 1;
    Shape input;
    ChannelOrder order = ChannelOrder::rgb;
    ResizeRule resize = ResizeRule::half_pixel;
    std::optional<Head> head;
    int classes = 0;
    std::optional<ScoreConversion> scores;  // classifier: what classify() ends in
    StoredHead stored;                      // how whole-numbered raw outputs are stored; of a classifier the logits
    bool compact = false;                   // one kernel of a kind does all layers
    std::vector<Step> steps;
    std::vector<Buffer> buffers;
    std::int64_t arena_size = 0;           // one thread
    std::int64_t thread_scratch_size = 0;  // more for every further thread: the largest scratch_size
    std::int64_t boxes = 0;                // offsets of the arena's fixed stretches
    std::int64_t logits = 0;
    std::int64_t float_logits = 0;  // of a classifier whose raw outputs are whole numbers
    std::int64_t post_scratch = 0;
    std::int64_t post_scratch_bytes = 0;
    std::int64_t resize_scratch = 0;
    std::int64_t resize_scratch_bytes = 0;
    std::int64_t weights_size = 0;
    std::vector<std::byte> weights;  // packed in the order in which the code reads them; empty without weights
    std::int64_t total_macs = 0;
    std::int64_t total_parameters = 0;
};

/// The stages of all steps, in run order.
inline std::vector<const Stage*> all_stages(const Plan& plan) {
    std::vector<const Stage*> stages;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) stages.push_back(&stage);
    return stages;
}

/// The type of the numbers in maps: u8 of a network that computes with whole numbers, else f32.
inline Element maps_type(const Step& step) { return operand_of(step.stages[0].kernel); }
inline Element maps_type(const Plan& plan) { return maps_type(plan.steps[0]); }

/// The type of the weights: of those that are not f32, of which all have one; f32 if there are none.
inline Element weights_type(const Plan& plan) {
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            if (stage.kernel.signature.weight != Element::f32) return stage.kernel.signature.weight;
    return Element::f32;
}

}  // namespace ssdgen
