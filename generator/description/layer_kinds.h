#pragma once

#include "description/description.h"

namespace ssdgen {

/// Whether a layer's weights stand in a weights file, and an activation can follow it.
constexpr bool has_weights(LayerKind kind) {
    switch (kind) {
        case LayerKind::convolution:
        case LayerKind::depthwise:
        case LayerKind::pointwise:
        case LayerKind::fully_connected: return true;
        case LayerKind::average_pool:
        case LayerKind::max_pool:
        case LayerKind::add:
        case LayerKind::concat:
        case LayerKind::softmax: return false;
    }
    return false;
}

/// Whether a layer makes one value of each window and channel; its window can be the whole map.
constexpr bool is_pool(LayerKind kind) {
    switch (kind) {
        case LayerKind::average_pool:
        case LayerKind::max_pool: return true;
        case LayerKind::convolution:
        case LayerKind::depthwise:
        case LayerKind::pointwise:
        case LayerKind::fully_connected:
        case LayerKind::add:
        case LayerKind::concat:
        case LayerKind::softmax: return false;
    }
    return false;
}

/// A pool over the whole map.
constexpr bool is_global(const LayerDescription& layer) { return is_pool(layer.kind) && layer.kernel == 0; }

}  // namespace ssdgen
