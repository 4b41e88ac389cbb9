/// 0, or the ssd::Error of memory that the network cannot run in.
int wrong_with(const Workspace& workspace, const ssd::Executor& executor) noexcept {
    return ssd::detail::first_wrong(
        ssd::detail::wrong_with_memory(workspace.arena, alignof(Workspace)),
        ssd::detail::wrong_with(executor, workspace.threads, workspace.more_scratch, thread_scratch_bytes)$weights_missing$);
}

/// The arena as what most of it is, $unit$ of maps. What resizing and post-processing note down has its own place or time.
$number$* $unit$_of(Workspace& workspace) noexcept { return std::launder(reinterpret_cast<$number$*>(workspace.arena)); }

/// The network, a line a step: units of work that the threads share, inputs, weights, outputs and, of a stream of layers,
/// the first thread's scratch memory. $places$
$maps$
$run$ {
    const Crew crew(executor, workspace.threads, workspace.more_scratch, thread_scratch_bytes);
    [[maybe_unused]] $number$* const arena = $unit$_of(workspace);  // a network of one layer keeps no map
    const $weight$* const weights = $weights$;

    $steps$
}

/// 0, or the ssd::Error of a call that is not done.
$forward_or_error$ {
    using ssd::detail::wrong_if;
    const int wrong = ssd::detail::first_wrong(wrong_if(image == nullptr, ssd::Error::no_image),
                                               wrong_if($outputs_missing$, ssd::Error::no_outputs),
                                               wrong_with(workspace, executor));
    if (wrong != 0) return wrong;
    const ssd::PlainImage plain{image, input_width * input_channels};
    $run_all$
    return 0;
}
