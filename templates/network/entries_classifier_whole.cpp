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
    void* const scratch = $resize_scratch$;
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, scratch);
    std::uint8_t* const stored = $logits$;
    run(resizer.rows(), stored, workspace, executor);
    auto* const logits = std::launder(reinterpret_cast<float*>($float_logits$));
    ssd::dequantize(stored, classes, logits_scale, logits_zero_point, logits);
    scores(logits);
    return ssd::top_classes(logits, classes, out, capacity);
}
