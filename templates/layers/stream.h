$comment$
class $stream$ {
  public:
    $constructor$
        $initialisers$

    /// Rows [first, end) of the output.
    void run(int first, int end) noexcept {
        $starts$
        make_$last$(end);
    }

  private:
    $stages$

    $members$
};
