// $layer$
void make_$name$(int end) noexcept {
    for (; next_of_$name$_ < end; ++next_of_$name$_) {
        const int y = next_of_$name$_;
        $requests$
        kernels::$kernel$($reads$, $weights$, row_of_$name$(y), y);
        observe_.rows($index$, y, 1, row_of_$name$(y));
    }
}
$row_function$
