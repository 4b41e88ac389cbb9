$comment$
template <class Observe>
void $stream$($input_type$ input, const float* weights, float* output, float* scratch, int layer,
    const Observe& observe) noexcept {
    $body$
}
