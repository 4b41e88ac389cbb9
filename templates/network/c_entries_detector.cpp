void $network$_forward(const uint8_t* image, float* boxes, float* logits, $network$_workspace* workspace,
    const ssd_executor* executor) {
    if (wrong_with(workspace) == 0) $network$::forward(image, boxes, logits, own(workspace), ssd::detail::from_c(executor));
}

int $network$_detect(const ssd_image* image, $network$_workspace* workspace, ssd_detection* out, int capacity,
    const ssd_detect_options* options, const ssd_executor* executor) {
    using ssd::detail::from_c;
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image), ssd::detail::wrong_with(options), wrong_with(workspace));
    if (wrong != 0) return wrong;
    return $network$::detect(from_c(*image), own(workspace), from_c(out), capacity, from_c(options), from_c(executor));
}

int $network$_post_process(const float* boxes, const float* logits, $network$_workspace* workspace, ssd_detection* out,
    int capacity, const ssd_detect_options* options) {
    using ssd::detail::from_c;
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(options), wrong_with(workspace));
    if (wrong != 0) return wrong;
    return $network$::post_process(boxes, logits, own(workspace), from_c(out), capacity, from_c(options));
}
