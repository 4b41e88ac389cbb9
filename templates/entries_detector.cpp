void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
             const ssd::Executor& executor) noexcept {
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), boxes, logits, workspace, executor, ObserveNothing());
}

namespace {

$prior_data$

constexpr ssd::PostProcessing settings{$post_processing$};

static_assert(ssd::post_scratch_bytes(settings, priors) <= $post_scratch_bytes$, "the plan leaves room for the runtime");
static_assert(ssd::resize_scratch_bytes(input_width, input_channels) <= $resize_scratch_bytes$, "as above");

}  // namespace

int post_process(const float* boxes, const float* logits, Workspace& workspace, ssd::Detection* out, int capacity,
                 const ssd::DetectOptions& options) noexcept {
    return ssd::post_process(settings, prior_boxes, boxes, logits, workspace.arena + $post_scratch$, out, capacity, options);
}

int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,
           const ssd::DetectOptions& options, const ssd::Executor& executor) noexcept {
    const ssd::Resizer resizer(image, input_height, input_width, input_format, ssd::ResizeRule::$resize$,
                               workspace.arena + $resize_scratch$);
    float* const boxes = workspace.arena + $boxes$;
    float* const logits = workspace.arena + $logits$;
    if (!run(resizer.rows(), boxes, logits, workspace, executor, ObserveNothing())) return 0;
    return post_process(boxes, logits, workspace, out, capacity, options);
}

#ifdef SSDGEN_OBSERVER
void forward_observed(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
                      const ssd::Executor& executor, const Observer& observer) noexcept {
    const ssd::PlainImage plain{image, input_width * input_channels};
    run(ssd::plain_rows(plain), boxes, logits, workspace, executor, ObserveSteps{observer});
}
#endif
