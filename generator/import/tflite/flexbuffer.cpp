#include "import/tflite/flexbuffer.h"

#include "support/error.h"
#include "weights/number_formats.h"

namespace ssdgen::tflite {

namespace {

enum FlexType : unsigned {
    type_int = 1,
    type_uint = 2,
    type_float = 3,
    type_indirect_int = 6,
    type_indirect_uint = 7,
    type_indirect_float = 8,
    type_map = 9,
    type_bool = 26
};

constexpr std::uint64_t max_keys = 64;

/// A place in the buffer and the width in bytes of the numbers there.
struct Place {
    std::size_t offset;
    std::size_t width;
};

class FlexReader {
  public:
    FlexReader(const std::string& where, std::string_view bytes) : where_(where), bytes_(bytes) {}

    std::map<std::string, double> numbers() const {
        if (bytes_.size() < 3) malformed();
        // From the end: the width of the root, its type, the root itself.
        const std::size_t root_width = byte(bytes_.size() - 1);
        const unsigned root_type = byte(bytes_.size() - 2);
        if (bytes_.size() < 2 + root_width || root_type >> 2 != type_map) malformed();
        const Place map{follow({bytes_.size() - 2 - root_width, root_width}), std::size_t{1} << (root_type & 3U)};
        // Before the values: the offset of the keys, their width, the number of values; after them a type each.
        const std::uint64_t size = whole(before(map, 1));
        const Place keys{follow(before(map, 3)), static_cast<std::size_t>(whole(before(map, 2)))};
        if (size > max_keys || whole(before(keys, 1)) != size) malformed();
        std::map<std::string, double> result;
        for (std::size_t i = 0; i < size; ++i) {
            const std::string key = text(follow({keys.offset + i * keys.width, keys.width}));
            if (!key.empty() && key[0] == '_') continue;
            const unsigned type = byte(map.offset + static_cast<std::size_t>(size) * map.width + i);
            if (!result.emplace(key, number({map.offset + i * map.width, map.width}, type, key)).second) malformed();
        }
        return result;
    }

  private:
    [[noreturn]] void malformed() const {
        fail_input(where_, "has malformed options; allowed: a flexbuffer with a map");
    }

    unsigned byte(std::size_t offset) const {
        if (offset >= bytes_.size()) malformed();
        return static_cast<unsigned char>(bytes_[offset]);
    }

    void inside(Place place) const {
        const bool power = place.width == 1 || place.width == 2 || place.width == 4 || place.width == 8;
        if (!power || place.offset > bytes_.size() || bytes_.size() - place.offset < place.width) malformed();
    }

    Place before(Place place, std::size_t count) const {
        if (place.width > 8 || place.offset < count * place.width) malformed();
        return {place.offset - count * place.width, place.width};
    }

    std::uint64_t whole(Place place) const {
        inside(place);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < place.width; ++i)
            value |= static_cast<std::uint64_t>(byte(place.offset + i)) << (8 * i);
        return value;
    }

    std::int64_t whole_signed(Place place) const {
        const std::uint64_t value = whole(place);
        switch (place.width) {
            case 1: return static_cast<std::int8_t>(value);
            case 2: return static_cast<std::int16_t>(value);
            case 4: return static_cast<std::int32_t>(value);
            default: return static_cast<std::int64_t>(value);
        }
    }

    double real(Place place) const {
        inside(place);
        if (place.width == 4) return load_little_endian<float>(bytes_, place.offset);
        if (place.width == 8) return load_little_endian<double>(bytes_, place.offset);
        if (place.width == 2) return from_half(load_little_endian<std::uint16_t>(bytes_, place.offset));
        malformed();
    }

    /// Where the offset that stands at a place points: backwards from it.
    std::size_t follow(Place place) const {
        const std::uint64_t distance = whole(place);
        if (distance > place.offset) malformed();
        return place.offset - static_cast<std::size_t>(distance);
    }

    std::string text(std::size_t offset) const {
        const std::size_t end = bytes_.find('\0', offset);
        if (end == std::string_view::npos || end - offset > 64) malformed();
        return std::string(bytes_.substr(offset, end - offset));
    }

    double number(Place place, unsigned type, const std::string& key) const {
        const auto indirect = [&] { return Place{follow(place), std::size_t{1} << (type & 3U)}; };
        switch (type >> 2) {
            case type_int: return static_cast<double>(whole_signed(place));
            case type_uint:
            case type_bool: return static_cast<double>(whole(place));
            case type_float: return real(place);
            case type_indirect_int: return static_cast<double>(whole_signed(indirect()));
            case type_indirect_uint: return static_cast<double>(whole(indirect()));
            case type_indirect_float: return real(indirect());
            default: fail_input(where_, "has an option '{}' that is no number; allowed: numbers", key);
        }
    }

    const std::string& where_;
    std::string_view bytes_;
};

}  // namespace

std::map<std::string, double> read_flexbuffer_numbers(const std::string& where, std::string_view bytes) {
    return FlexReader(where, bytes).numbers();
}

}  // namespace ssdgen::tflite
