#pragma once

#include "plan/kernels.h"
#include "plan/rings.h"

#include <fmt/format.h>

#include <random>
#include <utility>
#include <variant>
#include <vector>

namespace ssdgen::test {

// Streams made by hand, in which stages read several maps, several stages read one, or several make slices of one.

// --- Kernels, as far as a stream looks at them.

inline constexpr int width = 2;

/// A depthwise window of as many rows as columns; the map keeps its size, but for the stride.
inline Kernel window(int height, int channels, int taps, int stride = 1, int dilation = 1) {
    const int pad = (taps - 1) * dilation / 2;
    const Shape output{(height - 1) / stride + 1, width, channels};
    DepthwiseKernel kind;
    kind.window = {{taps, stride, dilation, pad, pad, output.height}, {taps, 1, dilation, pad, pad, width}};
    kind.pixels = 1;
    return {{dense({height, width, channels})}, {dense(output)}, {}, 1, kind};
}

/// A 1x1 convolution, which makes up to so many rows at a time.
inline Kernel pointwise(int height, int inputs, int outputs, int rows) {
    PointwiseKernel kind;
    kind.row_pixels = width;
    return {{dense({height, width, inputs})}, {dense({height, width, outputs})}, {}, rows, kind};
}

// --- Steps.

inline Feed whole(int input, Feed::Covers covers = Feed::Covers::window) { return {WholeFeed{input}, covers}; }

/// Builds a stream stage by stage.
class Builder {
  public:
    int input(int channels) {
        step.inputs.push_back({Operand::Place::arena, 0, channels});
        return int(step.inputs.size()) - 1;
    }

    /// A stage with a ring of its own.
    int stage(const Kernel& kernel, const std::vector<Feed>& feeds) {
        const Shape map = kernel.output();
        return slice(ring(map.channels), 0, kernel, feeds);
    }

    int ring(int channels) {
        step.rings.push_back({0, std::int64_t(width) * channels * bytes_of(Element::f32), 0});
        return int(step.rings.size()) - 1;
    }

    int slice(int ring, int first_channel, const Kernel& kernel, const std::vector<Feed>& feeds) {
        Stage stage;
        stage.name = fmt::format("s{}", step.stages.size());
        stage.kernel = kernel;
        stage.feeds = feeds;
        stage.layers.emplace_back();
        stage.ring = RingSlice{ring, first_channel};
        step.stages.push_back(stage);
        return int(step.stages.size()) - 1;
    }

    /// What stages of one ring make.
    Feed rows(const std::vector<int>& makers, Feed::Covers covers = Feed::Covers::window) const {
        const RingSlice slice = *step.stages[std::size_t(makers[0])].ring;
        return {RowsFeed{slice, makers}, covers};
    }
    Feed row(int maker) const { return rows({maker}, Feed::Covers::row); }

    /// The last stage's rows are the output.
    Step finish() {
        step.name = "made by hand";
        step.stream = true;
        step.rings.erase(step.rings.begin() + step.last().ring->ring);
        step.stages.back().ring.reset();
        step.outputs.push_back({Operand::Place::arena, 0, step.last().kernel.output().channels});
        place_rings(step);
        return step;
    }

    Step step;
};

/// Expand, depthwise, project and add the block's input: stages of a block of `channels`.
inline int block(Builder& build, int height, int channels, const Feed& input, const Feed& added, int rows) {
    const int expanded = build.stage(pointwise(height, channels, 2 * channels, rows), {input});
    const int depthwise = build.stage(window(height, 2 * channels, 3), {build.rows({expanded})});
    return build.stage(pointwise(height, 2 * channels, channels, rows), {build.rows({depthwise}), added});
}

inline Step residual(int rows) {
    Builder build;
    const int before = build.stage(pointwise(9, 3, 4, rows), {whole(build.input(3))});
    block(build, 9, 4, build.rows({before}), build.row(before), rows);
    return build.finish();
}

inline Step concatenation(int rows) {
    Builder build;
    const int input = build.input(4);
    const int ring = build.ring(12);
    const int wide = build.slice(ring, 0, window(11, 4, 5), {whole(input)});
    const int narrow = build.slice(ring, 4, pointwise(11, 4, 8, rows), {whole(input)});
    build.stage(window(11, 12, 3, 2), {build.rows({wide, narrow})});
    return build.finish();
}

inline Step fork(int rows) {
    Builder build;
    const int root = build.stage(pointwise(16, 3, 4, rows), {whole(build.input(3))});
    const int one = build.stage(pointwise(16, 4, 4, rows), {build.rows({root})});
    const int five = build.stage(window(16, 4, 5, 1, 2), {build.rows({root})});
    build.stage(pointwise(16, 4, 4, rows), {build.rows({one}), build.row(five)});
    return build.finish();
}

// --- Any stream.

/// Random stages, of which those stay that the last one needs.
class RandomStream {
  public:
    explicit RandomStream(unsigned seed) : random_(seed) {
        build_.input(channels);
        build_.input(channels + 6);  // a slice of wider rows
        const int count = number(2, 8);
        while (int(build_.step.stages.size()) < count) add();
    }

    Step finish() {
        keep_needed();
        return build_.finish();
    }

  private:
    static constexpr int channels = 4;
    static constexpr int tallest = 12;

    int number(int least, int most) { return least + int(random_() % unsigned(most - least + 1)); }

    int height_of(int stage) const {
        return stage < 0 ? tallest : build_.step.stages[std::size_t(stage)].kernel.output().height;
    }

    /// A map that there is, -1 and -2: the inputs.
    int any_map() { return number(-2, int(build_.step.stages.size()) - 1); }

    Feed feed(int map, Feed::Covers covers) const {
        return map < 0 ? whole(-1 - map, covers) : build_.rows({map}, covers);
    }

    Kernel any_kernel(int height, int inputs) {
        if (number(0, 1)) return pointwise(height, inputs, channels, number(1, 4));
        return window(height, channels, 2 * number(0, 2) + 1, number(1, 2), number(1, 2));
    }

    /// A stage that reads one map, and often a second of the height of its output; or two that share a ring, and one
    /// that reads both.
    void add() {
        const int map = any_map();
        if (number(0, 4) == 0) return add_slices(map);
        if (map >= 0 && number(0, 3) == 0) return add_half(map);
        const Kernel kernel = any_kernel(height_of(map), channels);
        std::vector<Feed> feeds{feed(map, Feed::Covers::window)};
        const int other = any_map();
        if (height_of(other) == kernel.output().height) feeds.push_back(feed(other, Feed::Covers::row));
        build_.stage(kernel, feeds);
    }

    /// A stage that reads the second half of another's channels.
    void add_half(int map) {
        Feed half = feed(map, Feed::Covers::window);
        std::get<RowsFeed>(half.from).slice.first_channel += channels / 2;
        build_.stage(pointwise(height_of(map), channels / 2, channels, number(1, 4)), {half});
    }

    void add_slices(int map) {
        const int ring = build_.ring(2 * channels);
        const int height = height_of(map);
        const Feed input = feed(map, Feed::Covers::window);
        const int first = build_.slice(ring, 0, window(height, channels, 3), {input});
        const int second = build_.slice(ring, channels, pointwise(height, channels, channels, number(1, 4)), {input});
        build_.stage(pointwise(height, 2 * channels, channels, number(1, 3)), {both(first, second)});
    }

    /// In any order.
    Feed both(int first, int second) {
        Feed feed = build_.rows({first, second});
        if (number(0, 1)) std::swap(std::get<RowsFeed>(feed.from).makers[0], std::get<RowsFeed>(feed.from).makers[1]);
        return feed;
    }

    void keep_needed() {
        Step& step = build_.step;
        std::vector<bool> needed(step.stages.size());
        needed.back() = true;
        for (std::size_t index = step.stages.size(); index-- > 0;)
            for (const Feed& feed : step.stages[index].feeds)
                if (const auto* rows = std::get_if<RowsFeed>(&feed.from); rows && needed[index])
                    for (int maker : rows->makers) needed[std::size_t(maker)] = true;
        std::vector<int> stages(needed.size()), rings(step.rings.size(), -1);
        std::vector<Stage> kept;
        std::vector<Ring> kept_rings;
        for (std::size_t index = 0; index < needed.size(); ++index) {
            if (!needed[index]) continue;
            stages[index] = int(kept.size());
            kept.push_back(step.stages[index]);
            int& ring = rings[std::size_t(kept.back().ring->ring)];
            if (ring < 0) {
                ring = int(kept_rings.size());
                kept_rings.push_back(step.rings[std::size_t(kept.back().ring->ring)]);
            }
            kept.back().ring->ring = ring;
            for (Feed& feed : kept.back().feeds)
                if (auto* rows = std::get_if<RowsFeed>(&feed.from)) {
                    rows->slice.ring = rings[std::size_t(rows->slice.ring)];
                    for (int& maker : rows->makers) maker = stages[std::size_t(maker)];
                }
        }
        step.stages = kept;
        step.rings = kept_rings;
    }

    std::mt19937 random_;
    Builder build_;
};

}  // namespace ssdgen::test
