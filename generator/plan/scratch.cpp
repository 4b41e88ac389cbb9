#include "plan/scratch.h"

#include "graph/shapes.h"
#include "plan/alignment.h"
#include "plan/kernels.h"
#include "plan/packing.h"
#include "ssd/post_process.h"
#include "ssd/quantized.h"
#include "ssd/resize.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

std::int64_t picture_row_size(const Kernel& kernel) {
    const WindowAxis columns = kernel_window(kernel).columns;
    const int width = std::max(extent(columns, columns.output), columns.before + kernel.input().width);
    // Whole numbers are read four at a time, beyond the last window's end too.
    const int beyond = kernel.whole ? terms_at_once - 1 : 0;
    return aligned((std::int64_t(width) * kernel.input().channels + beyond) * bytes_of(kernel.signature.input));
}

int picture_ring_rows(const Kernel& kernel) { return extent(kernel_window(kernel).rows); }

std::int64_t picture_scratch_size(const Kernel& kernel) {
    const std::int64_t bytes = std::int64_t(kernel.input().width) * kernel.input().channels;
    return picture_ring_rows(kernel) * picture_row_size(kernel) + aligned(bytes);
}

std::int64_t resize_scratch_bytes(int width) { return std::int64_t(ssd::resize_scratch_bytes(width)); }

namespace {

ssd::Dialect runtime_dialect(Dialect dialect) {
    switch (dialect) {
        case Dialect::caffe_ssd: return ssd::Dialect::caffe_ssd;
        case Dialect::tflite_fast: return ssd::Dialect::tflite_fast;
        case Dialect::tflite_regular: return ssd::Dialect::tflite_regular;
    }
    throw InternalError("internal error: broken invariant: the runtime knows every dialect");
}

}  // namespace

std::int64_t post_scratch_bytes(const Head& head, bool whole_numbers) {
    const PostProcessing& post = head.post_processing;
    ssd::PostProcessing settings{};
    settings.classes = head.classes;
    if (!whole_numbers) return std::int64_t(ssd::post_scratch_bytes(settings, head.priors));
    settings.dialect = runtime_dialect(post.dialect);
    settings.background = head.background;
    settings.max_detections = post.max_detections;
    settings.max_classes_per_detection = post.max_classes_per_detection;
    settings.detections_per_class = post.detections_per_class;
    settings.eta = post.eta;
    return std::int64_t(ssd::quantized_post_scratch_bytes(settings, head.priors));
}

}  // namespace ssdgen
