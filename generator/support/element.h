#pragma once

namespace ssdgen {

/// The types of numbers that lie in memory and that there are vectors of.
enum class Element { f32, f16, bf16, u8, s8, s32 };

constexpr int bytes_of(Element element) {
    switch (element) {
        case Element::f32:
        case Element::s32: return 4;
        case Element::f16:
        case Element::bf16: return 2;
        case Element::u8:
        case Element::s8: return 1;
    }
    return 0;
}

constexpr const char* word(Element element) {
    switch (element) {
        case Element::f32: return "f32";
        case Element::f16: return "f16";
        case Element::bf16: return "bf16";
        case Element::u8: return "u8";
        case Element::s8: return "s8";
        case Element::s32: return "s32";
    }
    return nullptr;
}

}  // namespace ssdgen
