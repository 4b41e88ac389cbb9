$forward$ {
    forward_or_error(image, boxes, logits, workspace, executor);
}

$detect$ {
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image),
                                               ssd::detail::wrong_with_results(out, capacity),
                                               ssd::detail::wrong_with(options), wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    void* const scratch = $resize_scratch$;  // bytes
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, scratch);
    float* const boxes = $boxes$;
    float* const logits = $logits$;
    run(resizer.rows(), boxes, logits, workspace, executor);
    return post_process(boxes, logits, workspace, out, capacity, options);
}

$post_process$ {
    const int wrong = ssd::detail::wrong_with_memory(workspace.arena, alignof(Workspace));
    if (wrong != 0) return wrong;
    void* const scratch = $post_scratch$;  // bytes
    return ssd::post_process(settings, prior_boxes, boxes, logits, scratch, out, capacity, options);
}
