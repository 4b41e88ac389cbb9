// Rows of the picture, normalised and with their padding, each taken from the picture once; row -$pad_top$ is the first of the padding.
// Rows outside the picture are zero.
void take_picture(int end) noexcept {
    for (; next_picture_row_ < end; ++next_picture_row_) {
        float* const row = picture_row(next_picture_row_)$pad_left$;
        if (next_picture_row_ >= 0 && next_picture_row_ < $height$)
            kernels::$stage_row$(
                $input$_.row($input$_.state, next_picture_row_, reinterpret_cast<std::uint8_t*>(scratch_ + $bytes$)), row);
        else
            std::fill_n(row, $row_values$, 0.0F);
    }
}
float* picture_row(int y) const noexcept { return scratch_ + (y + $pad_top$) % $ring_rows$ * $ring_row$; }
