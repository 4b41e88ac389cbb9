/// Picture bytes [input_height][input_width][input_channels] in the order of input_format -> raw outputs
/// boxes [priors][4] (box encodings) and logits [priors][classes] (before softmax or sigmoid). Does nothing where detect would
/// return an error, and where a pointer is null.
SSD_API void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
             const ssd::Executor& executor = ssd::serial) noexcept;

/// Finds objects in a picture of any size: resizes it, runs the network, decodes, suppresses. Writes at most `capacity`
/// detections to out, in the order of the network's post-processing (beyond capacity the lowest scores drop), and returns
/// their number; or a negative ssd::Error where the call is wrong, whose text ssd::error_text gives.
SSD_API int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,
           const ssd::DetectOptions& options = {}, const ssd::Executor& executor = ssd::serial) noexcept;

/// The last part of detect alone: from raw outputs, as forward gives them, to detections. The same number or error.
SSD_API int post_process(const float* boxes, const float* logits, Workspace& workspace, ssd::Detection* out, int capacity,
                 const ssd::DetectOptions& options = {}) noexcept;
