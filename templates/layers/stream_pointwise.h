// $layer$
void make_$name$(int end) noexcept {
    while (next_of_$name$_ < end) {
        const int y = next_of_$name$_;
        $count$
        $requests$
        kernels::$kernel$($reads$, $weights$, row_of_$name$(y), rows);
        observe_.rows($index$, y, rows, row_of_$name$(y));
        next_of_$name$_ += rows;
    }
}
$row_function$
