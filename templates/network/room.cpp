static_assert(ssd::resize_scratch_bytes(input_width) <= $resize_scratch_bytes$, "the plan leaves room for the runtime");
