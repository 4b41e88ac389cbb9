void $network$_forward(const uint8_t* image, float* boxes, float* logits, $network$_workspace* workspace,
    const ssd_executor* executor) {
    $network$::forward(image, boxes, logits, own(workspace), ssd::detail::from_c(executor));
}

int $network$_detect(const ssd_image* image, $network$_workspace* workspace, ssd_detection* out, int capacity,
    const ssd_detect_options* options, const ssd_executor* executor) {
    using ssd::detail::from_c;
    return $network$::detect(from_c(*image), own(workspace), from_c(out), capacity, from_c(options), from_c(executor));
}

int $network$_post_process(const float* boxes, const float* logits, $network$_workspace* workspace, ssd_detection* out,
    int capacity, const ssd_detect_options* options) {
    using ssd::detail::from_c;
    return $network$::post_process(boxes, logits, own(workspace), from_c(out), capacity, from_c(options));
}
