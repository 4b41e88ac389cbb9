void $network$_forward(const uint8_t* image, float* logits, $network$_workspace* workspace, const ssd_executor* executor) {
    if (wrong_with(workspace) == 0) $network$::forward(image, logits, own(workspace), ssd::detail::from_c(executor));
}

int $network$_classify(const ssd_image* image, $network$_workspace* workspace, ssd_classification* out, int capacity,
    const ssd_executor* executor) {
    using ssd::detail::from_c;
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image), wrong_with(workspace));
    if (wrong != 0) return wrong;
    return $network$::classify(from_c(*image), own(workspace), from_c(out), capacity, from_c(executor));
}

void $network$_scores(float* logits) {
    $network$::scores(logits);
}
