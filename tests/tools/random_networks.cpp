#include "tools/random_networks.h"
#include "tools/long_run.h"

#include "graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace ssdgen::test {

namespace {

struct Map {
    std::string layer;
    Shape shape{};
    bool is_taken = false;
};

class Maker {
  public:
    explicit Maker(std::uint32_t seed) : random_(seed), streams_(seed % 2 == 1), zoo_{fmt::format("random_{}", seed)} {
        Shape picture{number(9, 33), number(9, 33), 3};
        zoo_.picture = fmt::format(R"("height": {}, "width": {}, "channels": 3, "order": "rgb",
                             "mean": [104, 117, 123], "scale": [0.017, 0.02, 0.015])",
                                   picture.height, picture.width);
        const std::string padding = one_of({"caffe", "same"});
        zoo_.rules = fmt::format(R"("padding": "{}", "activation": "{}")", padding, one_of({"relu", "relu6", "none"}));
        zoo_.classes = number(2, 7);
        maps_.push_back({"", picture});
    }

    Zoo make() {
        add_windowed(0, "convolution", number(3, 24));
        maps_.erase(maps_.begin());  // the picture is taken by one layer
        if (streams_)
            while (maps_made_ < 9) add_block();
        else
            for (int count = number(5, 11); count > 0; --count) add_layer();
        if (number(0, 1) == 0)
            add_sources();
        else
            add_logits();
        return std::move(zoo_);
    }

  private:
    /// From least to most.
    int number(int least, int most) { return least + int(random_() % std::uint32_t(most - least + 1)); }
    std::string one_of(const std::vector<std::string>& words) { return words[random_() % words.size()]; }

    /// The later maps more often.
    std::size_t some_map() {
        const std::size_t last = maps_.size() - 1;
        return last - std::min<std::size_t>(last, std::size_t(number(0, 3) * number(0, 3)));
    }

    void add_layer() {
        switch (number(0, 8)) {
            case 0: return add_pointwise(some_map(), number(1, 40));
            case 1: return add_windowed(some_map(), "convolution", number(1, 24));
            case 2: return add_windowed(some_map(), "depthwise", 0);
            case 3: return add_pool(some_map(), "max_pool");
            case 4: return add_pool(some_map(), "average_pool");
            case 5:
            case 6: return add_sum();
            default: return add_concat();
        }
    }

    /// Layers that can be a stream, from the last map to a new last map.
    void add_block() {
        const std::size_t begin = maps_.size() - 1;
        const int channels = maps_[begin].shape.channels;
        switch (number(0, 6)) {
            case 0: return add_pointwise(begin, number(2, 20));
            case 1: return add_windowed(begin, "depthwise", 0);
            case 2: return add_pool(begin, "max_pool");
            case 3:
            case 4:
                add_pointwise(begin, number(4, 24));
                add_depthwise(maps_.size() - 1);
                add_pointwise(maps_.size() - 1, channels, R"(, "activation": "none")");
                return join("add", {begin, maps_.size() - 1});
            case 5:
                add_depthwise(begin);
                add_pointwise(begin, number(2, 12));
                return join("concat", {maps_.size() - 1, begin, maps_.size() - 2});
            default: add_depthwise(begin); return join("add", {maps_.size() - 1, begin});
        }
    }

    void add_depthwise(std::size_t map) {
        const int kernel = number(1, 2) * 2 + 1;
        put("depthwise",
            input(map) + fmt::format(R"(, "kernel": {}, "stride": 1, "padding": "same")", kernel) + activation(),
            maps_[map].shape);
    }

    void join(const std::string& type, const std::vector<std::size_t>& maps) {
        Shape shape = maps_[maps[0]].shape;
        if (type == "concat") {
            shape.channels = 0;
            for (std::size_t map : maps) shape.channels += maps_[map].shape.channels;
        }
        put(type, inputs(maps) + (type == "add" ? activation() : ""), shape);
    }

    std::string take(std::size_t map) {
        maps_[map].is_taken = true;
        return maps_[map].layer;
    }

    void put(const std::string& type, const std::string& keys, const Shape& shape) {
        const std::string name = fmt::format("{}{}", type, maps_made_++);
        zoo_.layers.push_back(fmt::format(R"({{"name": "{}", "type": "{}"{}}})", name, type, keys));
        maps_.push_back({name, shape});
    }

    std::string input(std::size_t map) {
        return maps_[map].layer.empty() ? "" : fmt::format(R"(, "input": "{}")", take(map));
    }

    std::string activation() {
        return number(0, 1) == 0 ? "" : fmt::format(R"(, "activation": "{}")", one_of({"none", "relu", "relu6"}));
    }

    void add_pointwise(std::size_t map, int channels) { add_pointwise(map, channels, activation()); }
    void add_pointwise(std::size_t map, int channels, const std::string& more) {
        Shape shape = maps_[map].shape;
        shape.channels = channels;
        put("pointwise", input(map) + fmt::format(R"(, "channels": {})", channels) + more, shape);
    }

    /// channels: of a convolution; 0: as the input.
    void add_windowed(std::size_t map, const std::string& type, int channels) {
        const Shape from = maps_[map].shape;
        const bool first = zoo_.layers.empty();
        const int kernel = number(1, 3) * 2 - 1, stride = number(0, 2) == 0 && !(first && streams_) ? 2 : 1;
        const int dilation = kernel > 1 && number(0, 4) == 0 ? 2 : 1, covered = dilation * (kernel - 1) + 1;
        const int pads[4] = {number(0, covered / 2), number(0, covered / 2), number(0, covered / 2),
                             number(0, covered / 2)};
        const int rows = from.height + pads[0] + pads[2] - covered, columns = from.width + pads[1] + pads[3] - covered;
        if (rows < 0 || columns < 0) return add_pointwise(map, std::max(channels, 1));
        std::string keys = input(map);
        if (channels) keys += fmt::format(R"(, "channels": {})", channels);
        keys +=
            fmt::format(R"(, "kernel": {}, "stride": {}, "dilation": {}, "padding": "caffe", "pad": [{}, {}, {}, {}])",
                        kernel, stride, dilation, pads[0], pads[1], pads[2], pads[3]);
        put(type, keys + activation(), {rows / stride + 1, columns / stride + 1, channels ? channels : from.channels});
    }

    void add_pool(std::size_t map, const std::string& type) {
        const Shape from = maps_[map].shape;
        const int kernel = number(2, 3), stride = number(1, 2);
        if (from.height < kernel || from.width < kernel) return add_pointwise(map, number(1, 9));
        const bool up = type == "max_pool" && number(0, 1) == 0;
        const auto output = [&](int side) { return (side - kernel + (up ? stride - 1 : 0)) / stride + 1; };
        std::string keys = input(map) + fmt::format(R"(, "kernel": {}, "stride": {})", kernel, stride);
        if (type == "max_pool")
            keys += fmt::format(R"(, "padding": "caffe", "pad": 0, "rounding": "{}")", up ? "ceil" : "floor");
        put(type, keys, {output(from.height), output(from.width), from.channels});
    }

    /// Of the maps that fit beside a map up to 3, in any order; it may be among them again.
    template <class Fits>
    std::vector<std::size_t> partners(std::size_t map, const Fits& fits) {
        std::vector<std::size_t> all, chosen{map};
        for (std::size_t other = 0; other < maps_.size(); ++other)
            if (fits(maps_[other].shape, maps_[map].shape) && (other != map || number(0, 4) == 0)) all.push_back(other);
        for (int count = number(1, 2); count > 0 && !all.empty(); --count)
            chosen.insert(number(0, 1) == 0 ? chosen.begin() : chosen.end(), all[random_() % all.size()]);
        return chosen;
    }

    std::string inputs(const std::vector<std::size_t>& chosen) {
        std::string names;
        for (std::size_t map : chosen) names += fmt::format(R"({}"{}")", names.empty() ? "" : ", ", take(map));
        return fmt::format(R"(, "inputs": [{}])", names);
    }

    void add_sum() {
        const std::size_t map = some_map();
        // Most maps have no other of their shape: one is made.
        if (number(0, 2) > 0) add_pointwise(some_map_of_size(map), maps_[map].shape.channels);
        const std::vector<std::size_t> chosen = partners(map, [](const Shape& a, const Shape& b) { return a == b; });
        if (chosen.size() < 2) return add_pointwise(map, number(1, 30));
        join("add", chosen);
    }

    std::size_t some_map_of_size(std::size_t map) {
        std::vector<std::size_t> all;
        for (std::size_t other = 0; other < maps_.size(); ++other)
            if (same_size(maps_[other].shape, maps_[map].shape)) all.push_back(other);
        return all[random_() % all.size()];
    }

    static bool same_size(const Shape& a, const Shape& b) { return a.height == b.height && a.width == b.width; }

    void add_concat() {
        const std::size_t map = some_map();
        const std::vector<std::size_t> chosen = partners(map, same_size);
        if (chosen.size() < 2) return add_pointwise(map, number(1, 30));
        join("concat", chosen);
    }

    void add_sources() {
        for (const Map& map : maps_)
            if (!map.is_taken) zoo_.sources.push_back(map.layer);
        if (zoo_.sources.size() < maps_.size() && number(0, 1) == 0)
            for (Map& map : maps_)
                if (map.is_taken && number(0, 3) == 0) zoo_.sources.push_back(map.layer);
        zoo_.head_kernel = number(0, 1) * 2 + 1;
    }

    void add_logits() {
        std::vector<std::size_t> pooled;
        for (std::size_t map = 0, end = maps_.size(); map < end; ++map) {
            if (maps_[map].is_taken) continue;
            const Shape shape{1, 1, maps_[map].shape.channels};
            put(one_of({"average_pool", "max_pool"}), input(map) + R"(, "kernel": "global")", shape);
            pooled.push_back(maps_.size() - 1);
        }
        if (pooled.size() > 1) put("concat", inputs(pooled), {});
        zoo_.layers.push_back(fully_connected("logits", number(2, 20)));
    }

    std::mt19937 random_;
    bool streams_;
    Zoo zoo_;
    std::vector<Map> maps_;
    int maps_made_ = 0;
};

}  // namespace

Zoo random_network(std::uint32_t seed) { return Maker(seed).make(); }

std::uint32_t random_network_count() { return is_long_run() ? 200 : 20; }

}  // namespace ssdgen::test
