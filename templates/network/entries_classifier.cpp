static_assert(ssd::resize_scratch_bytes(input_width) <= $resize_scratch_bytes$,
              "the plan leaves room for the runtime");

namespace {

/// 0, or the ssd::Error of a call that is not done.
template <class Observe>
int forward_or_error(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor,
                     const Observe& observe) noexcept {
    using ssd::detail::wrong_if;
    const int wrong = ssd::detail::first_wrong(wrong_if(image == nullptr, ssd::Error::no_image),
                                               wrong_if(logits == nullptr, ssd::Error::no_outputs),
                                               wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), logits, workspace, executor, observe);
    return 0;
}

}  // namespace

void forward(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor) noexcept {
    forward_or_error(image, logits, workspace, executor, ObserveNothing());
}

void scores(float* logits) noexcept {
    if (logits == nullptr) return;
    $scores$
}

int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,
             const ssd::Executor& executor) noexcept {
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image),
                                               ssd::detail::wrong_with_results(out, capacity),
                                               wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    const ssd::Resizer resizer(image, input_height, input_width, input_format, ssd::ResizeRule::$resize$,
                               workspace.arena + $resize_scratch$);
    float* const logits = workspace.arena + $logits$;
    run(resizer.rows(), logits, workspace, executor, ObserveNothing());
    scores(logits);
    return ssd::top_classes(logits, classes, out, capacity);
}

#ifdef SSDGEN_OBSERVER
int forward_observed(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor,
                     const Observer& observer) noexcept {
    return forward_or_error(image, logits, workspace, executor, ObserveSteps{observer});
}
#endif
