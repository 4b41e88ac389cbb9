// $layer$
void make_$name$(int end) noexcept {
    while (next_of_$name$_ < end) {
        const int y = next_of_$name$_;
        $count$
        $requests$
        $call$
        $observe$
        next_of_$name$_ += rows;
    }
}
$row_function$
