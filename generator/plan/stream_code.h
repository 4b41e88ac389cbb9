#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace ssdgen {

// What the code of a stream says, as data: emit/network/streams.cpp prints it and run_stream() does it, so what is
// checked is what is emitted. Stages are counted as in Step::stages. Sizes and offsets are in bytes.

/// The number of a row as the code computes it from y, the first of the rows that a stage makes now, and from `rows`,
/// how many these are: std::max(std::min(y * scale + offset, at_most), at_least).
struct RowFormula {
    int scale = 1;
    int offset = 0;
    bool plus_rows = false;  // y * scale + offset + rows
    std::optional<int> at_most{};
    std::optional<int> at_least{};
};

int row_at(const RowFormula& formula, int y, int rows = 1);

/// A map's rows: row y lies at y * row_size.
struct MapRows {
    std::int64_t row_size = 0;
};

/// Rows in the scratch memory: row y lies at offset + (y + added) % rows * row_size. Nobody reads a row that is
/// padding, but its pointer has to be one: `added` keeps it from a place before the ring.
struct RingRows {
    std::int64_t offset = 0;
    std::int64_t row_size = 0;
    int rows = 1;  // 1: each row lies at offset
    int added = 0;
    std::optional<int> counted_from{};  // y is counted from the first row that this stage makes
};

/// The ring's bytes.
std::int64_t ring_size(const RingRows& ring);

/// The rows of the picture, normalised and with their padding, each taken from the picture once. The ring is all zero
/// at first; behind it is the place of a row's bytes.
struct PictureCode {
    int input = 0;       // of the step's
    int reader = 0;      // the stage
    RowFormula start{};  // the first row, from the reader's
    RingRows ring{};
    int height = 0;               // a row outside the picture is zero
    std::int64_t left = 0;        // bytes of a row's padding at the left
    std::int64_t row_values = 0;  // numbers of a row without padding
};

/// A row that a kernel gets a pointer to.
struct RowRead {
    enum class Source { picture, input, stage };
    Source source = Source::input;
    int index = 0;  // of the input or stage
    RowFormula row{};
    std::int64_t bytes_behind = 0;  // the first channel that is read, from the first of the source
};

/// Has a stage make the rows before `end`, or takes them from the picture.
struct RowRequest {
    enum class Maker { picture, stage };
    Maker maker = Maker::stage;
    int stage = 0;
    RowFormula end{};
};

/// How many rows a stage makes at a time: the most, but none from `end` on.
struct RowCount {
    int most = 1;
    std::optional<int> end{};     // none: the end of what it was asked for
    bool up_to_multiple = false;  // none from the next multiple of the most on
};

/// The first row that a stage makes, as it follows from the first one of a stage that reads it.
struct RowStart {
    int reader = 0;
    RowFormula row{};
};

struct StageCode {
    std::vector<RowStart> starts{};  // it begins with the least of them; none: with the thread's first row
    RowCount count{};
    bool side_by_side = false;  // the kernel takes its rows as one stretch of memory and how many they are; if not, it
                                // makes one row, and takes a pointer to each input row and y
    std::vector<RowRequest> requests{};  // before it works
    std::vector<RowRead> reads{};
    std::variant<MapRows, RingRows> output{};  // a map: the step's output
    std::int64_t weights = 0;                  // from the step's first
    int layer = 0;                             // that is observed, from the step's first
};

struct StreamCode {
    std::optional<PictureCode> picture{};
    std::vector<MapRows> inputs{};  // of the picture nothing
    std::vector<StageCode> stages{};
};

/// The map that a feed brings to a stage.
Shape map_of(const Stage& stage, const Feed& feed);

/// Whether a kernel takes several input rows as one stretch of memory: a pointer to the first, and how many they are.
bool takes_rows_side_by_side(const Kernel& kernel);

/// Whether it takes the number of the first of them as well, before how many they are.
bool takes_first_of_rows(const Kernel& kernel);

/// Whether each ring is written by one stage and read by one feed. Its places are then counted from the first row that
/// a thread makes, so that what is made several rows at a time fits wherever it begins. Where several read a ring they
/// may begin with different rows: places are counted from row 0, and what makes several rows at a time makes fewer at
/// first, up to a multiple of them.
bool rings_are_private(const Step& step);

/// The forms that a stage needs if its stream is unrolled: of a kernel that takes rows side by side one for each number
/// of rows; of others one for each first row from which other taps are inside the map.
std::vector<int> unrolled_forms(const Kernel& kernel);

/// The code of a stream. Unrolled, every row that is read is inside the map.
StreamCode stream_code(const Step& step);

/// What a pointer counts from, and how many bytes it is away.
struct RowAddress {
    enum class Memory { input, output, scratch };
    Memory memory = Memory::scratch;
    std::int64_t offset = 0;
    int input = 0;  // which of the step's
};

/// A stage makes rows [first, first + rows); stage -1: a row of the picture is taken, one outside it is padding.
struct StreamOperation {
    int stage = 0;
    int first = 0;
    int rows = 0;
    std::vector<RowAddress> reads{};  // a pointer to each row; of rows that are taken side by side to the first
    RowAddress output{};              // of the first row
};

/// What the code does, in order, to make the rows [first, end) of its last stage.
std::vector<StreamOperation> run_stream(const StreamCode& code, int first, int end);

/// Which of a stage's unrolled_forms() makes these rows.
int unrolled_form(const Kernel& kernel, const StreamOperation& operation);

/// A row that a kernel needs by its window, be it padding or not, and how it gets at it.
struct RowNeeded {
    std::size_t feed = 0;
    std::size_t read = 0;  // which of the operation's pointers
    int behind = 0;        // so many rows behind that pointer
    int row = 0;
    int height = 0;  // of the map; other rows are padding
};

std::vector<RowNeeded> rows_needed(const Step& step, const StreamOperation& operation);

}  // namespace ssdgen
