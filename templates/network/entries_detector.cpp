namespace {

/// 0, or the ssd::Error of a call that is not done.
template <class Observe>
int forward_or_error(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
                     const ssd::Executor& executor, const Observe& observe) noexcept {
    using ssd::detail::wrong_if;
    const int wrong = ssd::detail::first_wrong(wrong_if(image == nullptr, ssd::Error::no_image),
                                               wrong_if(boxes == nullptr || logits == nullptr, ssd::Error::no_outputs),
                                               wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), boxes, logits, workspace, executor, observe);
    return 0;
}

$prior_data$

constexpr ssd::PostProcessing settings{$post_processing$};

static_assert(ssd::post_scratch_bytes(settings, priors) <= $post_scratch_bytes$, "the plan leaves room for the runtime");
static_assert(ssd::resize_scratch_bytes(input_width) <= $resize_scratch_bytes$, "as above");

}  // namespace

void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
             const ssd::Executor& executor) noexcept {
    forward_or_error(image, boxes, logits, workspace, executor, ObserveNothing());
}

int post_process(const float* boxes, const float* logits, Workspace& workspace, ssd::Detection* out, int capacity,
                 const ssd::DetectOptions& options) noexcept {
    const int wrong = ssd::detail::wrong_with_memory(workspace.arena, alignof(Workspace));
    if (wrong != 0) return wrong;
    return ssd::post_process(settings, prior_boxes, boxes, logits, workspace.arena + $post_scratch$, out, capacity, options);
}

int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,
           const ssd::DetectOptions& options, const ssd::Executor& executor) noexcept {
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image),
                                               ssd::detail::wrong_with_results(out, capacity),
                                               ssd::detail::wrong_with(options), wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    const ssd::Resizer resizer(image, input_height, input_width, input_format, ssd::ResizeRule::$resize$,
                               workspace.arena + $resize_scratch$);
    float* const boxes = workspace.arena + $boxes$;
    float* const logits = workspace.arena + $logits$;
    run(resizer.rows(), boxes, logits, workspace, executor, ObserveNothing());
    return post_process(boxes, logits, workspace, out, capacity, options);
}

#ifdef SSDGEN_OBSERVER
int forward_observed(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
                     const ssd::Executor& executor, const Observer& observer) noexcept {
    return forward_or_error(image, boxes, logits, workspace, executor, ObserveSteps{observer});
}
#endif
