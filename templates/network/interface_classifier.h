/// Picture bytes [input_height][input_width][input_channels] in the order of input_format -> logits [classes], before any
/// softmax or sigmoid. Does nothing where classify would return an error, and where a pointer is null.
SSD_API void forward(const std::uint8_t* image, float* logits, Workspace& workspace,
             const ssd::Executor& executor = ssd::serial) noexcept;

/// Classifies a picture of any size: resizes it, runs the network, turns logits into scores. Writes the best `capacity`
/// classes to out, best first, and returns their number (0 if the scores are not finite); or a negative ssd::Error where the call is
/// wrong, whose text ssd::error_text gives.
SSD_API int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,
             const ssd::Executor& executor = ssd::serial) noexcept;

/// The last part of classify alone: logits [classes] -> scores [classes], in place.
SSD_API void scores(float* logits) noexcept;
