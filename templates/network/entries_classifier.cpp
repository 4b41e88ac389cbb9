$forward$ {
    forward_or_error(image, logits, workspace, executor);
}

$scores$ {
    if (logits == nullptr) return;
    $to_scores$
}

$classify$ {
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image),
                                               ssd::detail::wrong_with_results(out, capacity),
                                               wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    void* const scratch = $resize_scratch$;  // bytes
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, scratch);
    float* const logits = $logits$;
    run(resizer.rows(), logits, workspace, executor);
    scores(logits);
    return ssd::top_classes(logits, classes, out, capacity);
}
