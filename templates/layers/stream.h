$comment$
template <class Observe>
class $stream$ {
  public:
    $stream$($parameters$, const $weight$* weights, float* output, float* scratch, int layer,
        const Observe& observe) noexcept
        : $initialisers$, weights_(weights), output_(output), scratch_(scratch), layer_(layer), observe_(observe) {}

    /// Rows [first, end) of the output.
    void run(int first, int end) noexcept {
        $starts$
        make_$last$(end);
    }

  private:
    $stages$

    $inputs$
    const $weight$* weights_;
    float* output_;
    float* scratch_;
    int layer_;  // the first that is observed
    const Observe& observe_;
    $members$
};
