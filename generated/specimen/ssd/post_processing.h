#include "compiler.h"
#ifndef SSD_POST_PROCESSING_H
#define SSD_POST_PROCESSING_H

namespace ssd { inline namespace v2 {

enum class Dialect { caffe_ssd, tflite_fast, tflite_regular };
enum class Scores { softmax, sigmoid };
enum class BoxOrder { xywh, yxhw };

/// How raw outputs become detections. A limit of -1 is none.
struct PostProcessing {
    Dialect dialect;
    Scores scores;
    BoxOrder order;      // of the four numbers of an encoding
    float variances[4];  // in that order: centre, centre, size, size
    int classes;         // columns of the logits, the background counted
    int background;      // its column, or -1
    float score_threshold;
    float iou_threshold;
    int max_detections;             // of all classes; caffe-ssd: keep_top_k
    int max_classes_per_detection;  // tflite-fast
    int detections_per_class;       // tflite-regular; caffe-ssd: top_k, the candidates of a class that are looked at
    float eta;                      // caffe-ssd
    bool clip_boxes;                // edges of the result clipped to the picture
};

}}  // namespace ssd::v2
#endif  // SSD_POST_PROCESSING_H
