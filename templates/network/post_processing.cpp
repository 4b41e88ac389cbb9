$prior_data$

/// How raw outputs become detections; ssd/post_processing.h says what each setting means.
constexpr ssd::PostProcessing settings = [] {
    ssd::PostProcessing all{};
    $settings$
    return all;
}();

static_assert(ssd::$scratch_function$(settings, priors) <= $post_scratch_bytes$, "the plan leaves room for the runtime");
static_assert(ssd::resize_scratch_bytes(input_width) <= $resize_scratch_bytes$, "as above");
$raw_outputs$
