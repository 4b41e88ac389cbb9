/// Picture bytes [height][width][channels] of the input -> raw outputs boxes [priors][4] (box encodings) and
/// logits [priors][classes] (before softmax or sigmoid). Does nothing where $network$_detect would return an error, and where a
/// pointer is null.
SSD_API void $network$_forward(const uint8_t* image, float* boxes, float* logits, $network$_workspace* workspace,
    const ssd_executor* executor);

/// Finds objects in a picture of any size. Writes at most `capacity` detections to out, in the order of the network's
/// post-processing (beyond capacity the lowest scores drop), and returns their number; or a negative ssd_error where the call
/// is wrong, whose text ssd_error_text gives.
SSD_API int $network$_detect(const ssd_image* image, $network$_workspace* workspace, ssd_detection* out, int capacity,
    const ssd_detect_options* options, const ssd_executor* executor);

/// The last part of detect alone: from raw outputs, as forward gives them, to detections. The same number or error.
SSD_API int $network$_post_process(const float* boxes, const float* logits, $network$_workspace* workspace, ssd_detection* out,
    int capacity, const ssd_detect_options* options);
