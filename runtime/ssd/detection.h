#ifndef SSD_DETECTION_H
#define SSD_DETECTION_H

namespace ssd {

/// One found object.
struct Detection {
    int label = 0;  // column of the scores, the background counted
    float score = 0;
    float ymin = 0, xmin = 0, ymax = 0, xmax = 0;  // relative to the picture
    int anchor = 0;  // row of the raw outputs that it comes from
};

/// What a caller may change from call to call; a negative value means the network's own.
struct DetectOptions {
    float score_threshold = -1;
};

}  // namespace ssd

#endif  // SSD_DETECTION_H
