// $layer$
void make_$name$(int end) noexcept {
    for (; next_of_$name$_ < end; ++next_of_$name$_) {
        const int y = next_of_$name$_;
        $window$
        $requests$
        $call$
        $observe$
    }
}
$row_function$
