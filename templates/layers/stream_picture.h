// Rows of the picture, $rows$, each taken from the picture once; row -$pad_top$ is the first of
// the padding. Rows outside the picture are $outside$.
void take_picture(int end) noexcept {
    constexpr int height = $height$, row_values = $row_values$, pad_left = $pad_left$;
    constexpr int bytes = $bytes$;  // where a row of the picture's bytes has its place, behind the ring
    for (; next_picture_row_ < end; ++next_picture_row_) {
        $number$* const row = picture_row(next_picture_row_) + pad_left;
        if (next_picture_row_ >= 0 && next_picture_row_ < height) {
            auto* const buffer = $buffer$;
            $stage_row$
        } else {
            std::fill_n(row, row_values, $padding$);
        }
    }
}
$number$* picture_row(int y) const noexcept {
    constexpr int rows = $ring_rows$, row_size = $ring_row$, pad_top = $pad_top$;  // of the ring
    return scratch_ + (y + pad_top) % rows * row_size;
}
