#pragma once

namespace ssdgen {

/// The numbers allowed for a key: [low, high], or (low, high] with above.
struct Range {
    double low = 0;
    double high = 0;
    bool above = false;
};

/// The whole numbers allowed for a key: [low, high].
struct WholeRange {
    int low = 0;
    int high = 0;
};

}  // namespace ssdgen
