/// Picture bytes [height][width][channels] of the input -> logits [classes], before any softmax or sigmoid. Does
/// nothing where $network$_classify would return an error, and where a pointer is null.
SSD_API void $network$_forward(const uint8_t* image, float* logits, $network$_workspace* workspace, const ssd_executor* executor);

/// Classifies a picture of any size. Writes the best `capacity` classes to out, best first, and returns their number (0 if the
/// scores are not finite); or a negative ssd_error where the call is wrong, whose text ssd_error_text gives.
SSD_API int $network$_classify(const ssd_image* image, $network$_workspace* workspace, ssd_classification* out, int capacity,
    const ssd_executor* executor);

/// The last part of classify alone: logits [classes] -> scores [classes], in place.
SSD_API void $network$_scores(float* logits);
