static_assert(ssd::resize_scratch_bytes(input_width, input_channels) <= $resize_scratch_bytes$,
              "the plan leaves room for the runtime");

void forward(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor) noexcept {
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), logits, workspace, executor, ObserveNothing());
}

void scores(float* logits) noexcept { $scores$ }

int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,
             const ssd::Executor& executor) noexcept {
    const ssd::Resizer resizer(image, input_height, input_width, input_format, ssd::ResizeRule::$resize$,
                               workspace.arena + $resize_scratch$);
    float* const logits = workspace.arena + $logits$;
    if (!run(resizer.rows(), logits, workspace, executor, ObserveNothing())) return 0;
    scores(logits);
    return ssd::top_classes(logits, classes, out, capacity);
}

#ifdef SSDGEN_OBSERVER
void forward_observed(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor,
                      const Observer& observer) noexcept {
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), logits, workspace, executor, ObserveSteps{observer});
}
#endif
