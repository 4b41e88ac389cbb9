int post_process_stored(const std::uint8_t* boxes, const std::uint8_t* logits, Workspace& workspace, ssd::Detection* out, int capacity,
                        const ssd::DetectOptions& options) noexcept {
    void* const scratch = $post_scratch$;
    return ssd::post_process(settings, prior_boxes, raw_outputs, boxes, logits, scratch, out, capacity, options);
}
