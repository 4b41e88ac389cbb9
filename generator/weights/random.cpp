#include "weights/random.h"

#include "support/error.h"

#include <cmath>
#include <string_view>

namespace ssdgen {

namespace {

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
class SplitMix64 {
  public:
    explicit SplitMix64(std::uint64_t state) : state_(state) {}
    std::uint64_t next() {
        std::uint64_t bits = state_ += 0x9E3779B97F4A7C15U;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
        return bits ^ (bits >> 31);
    }

  private:
    std::uint64_t state_;
};

/// FNV-1a of the name, mixed with the seed.
std::uint64_t stream_of(std::string_view name, std::uint64_t seed) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return SplitMix64(hash ^ SplitMix64(seed).next()).next();
}

/// The sum of four 16-bit numbers of one draw, centred: variance (2^32 - 1) / 3.
void fill_bell(std::vector<float>& values, SplitMix64 random, int fan_in) {
    const double deviation = std::sqrt(4294967295.0 / 3.0);
    const auto factor = static_cast<float>(std::sqrt(2.0 / fan_in) / deviation);
    for (float& value : values) {
        const std::uint64_t bits = random.next();
        const std::uint64_t sum = (bits & 0xFFFFU) + ((bits >> 16) & 0xFFFFU) + ((bits >> 32) & 0xFFFFU) + (bits >> 48);
        value = static_cast<float>(static_cast<int>(sum) - 131070) * factor;
    }
}

/// Evenly in middle +- reach, from odd 24-bit numbers, so that the middle itself never comes.
void fill_even(std::vector<float>& values, SplitMix64 random, float middle, float reach) {
    for (float& value : values) {
        const int number = (static_cast<int>(random.next() >> 41) * 2 + 1) - (1 << 23);
        value = middle + static_cast<float>(number) * 0x1p-23F * reach;
    }
}

}  // namespace

Weights random_weights(const std::vector<TensorSpec>& specs, std::uint64_t seed) {
    Weights weights;
    weights.file = "random weights";
    for (const TensorSpec& spec : specs) {
        std::vector<float> values(product(spec.shape));
        const SplitMix64 random(stream_of(spec.name, seed));
        if (spec.fan_in > 0) {
            fill_bell(values, random, spec.fan_in);
        } else if (spec.name == "priors") {
            fill_even(values, random, 0.5F, 0.4F);
        } else {
            fill_even(values, random, 0.0F, 0.1F);
        }
        check(weights.tensors.try_emplace(spec.name, spec.shape, std::move(values)).second,
              "a tensor is expected once: " + spec.name);
    }
    return weights;
}

}  // namespace ssdgen
