void $network$_forward(const uint8_t* image, float* logits, $network$_workspace* workspace, const ssd_executor* executor) {
    $network$::forward(image, logits, own(workspace), ssd::detail::from_c(executor));
}

int $network$_classify(const ssd_image* image, $network$_workspace* workspace, ssd_classification* out, int capacity,
    const ssd_executor* executor) {
    using ssd::detail::from_c;
    return $network$::classify(from_c(*image), own(workspace), from_c(out), capacity, from_c(executor));
}

void $network$_scores(float* logits) {
    $network$::scores(logits);
}
