$forward$ {
    forward_or_error(image, boxes, logits, workspace, executor);
}

$detect$ {
    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image),
                                               ssd::detail::wrong_with_results(out, capacity),
                                               ssd::detail::wrong_with(options), wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    void* const scratch = $resize_scratch$;
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, scratch);
    std::uint8_t* const boxes = $boxes$;
    std::uint8_t* const logits = $logits$;
    run(resizer.rows(), boxes, logits, workspace, executor);
    return post_process_stored(boxes, logits, workspace, out, capacity, options);
}

$post_process$ {
    const int wrong = ssd::detail::first_wrong(
        ssd::detail::wrong_with_memory(workspace.arena, alignof(Workspace)),
        ssd::detail::wrong_if(boxes == nullptr || logits == nullptr, ssd::Error::no_outputs));
    if (wrong != 0) return wrong;
    // As they were before forward() made numbers of them.
    std::uint8_t* const stored_boxes = $boxes$;
    std::uint8_t* const stored_logits = $logits$;
    ssd::quantize(boxes, priors * 4, raw_outputs.boxes.scale, raw_outputs.boxes.zero_point, stored_boxes);
    ssd::quantize(logits, static_cast<std::ptrdiff_t>(priors) * classes, raw_outputs.logits.scale, raw_outputs.logits.zero_point,
                  stored_logits);
    return post_process_stored(stored_boxes, stored_logits, workspace, out, capacity, options);
}
