$comment$
template <class Observe>
void $stream$($parameters$, const float* weights, float* output, float* scratch, int layer,
    const Observe& observe) noexcept {
    $body$
}
