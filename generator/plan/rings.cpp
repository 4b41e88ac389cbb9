#include "plan/rings.h"

#include "plan/alignment.h"
#include "plan/kernels.h"
#include "plan/scratch.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace ssdgen {

namespace {

/// Rows of a ring between a stage and the next one: those that the window of that covers, and those that the stage
/// makes too early because it makes several at a time.
int rows_between(const Stage& stage, const Stage& next) {
    const int at_once = stage.kernel.stream_rows;
    const int covered = extent(kernel_window(next.kernel).rows, next.kernel.stream_rows);
    // A multiple of the rows made at a time, so that they lie side by side.
    return (covered + at_once - 1 + at_once - 1) / at_once * at_once;
}

/// Whether each stage but the first reads rows of the one before alone, and rows_between() also lets it read them side
/// by side.
bool is_chain(const Step& step) {
    if (!rings_are_private(step)) return false;
    for (std::size_t index = 1; index < step.stages.size(); ++index) {
        const Stage& stage = step.stages[index];
        int rings = 0;
        for (const Feed& feed : stage.feeds) {
            if (!std::holds_alternative<RowsFeed>(feed.from)) continue;
            if (feed.covers != Feed::Covers::window) return false;
            ++rings;
        }
        if (rings != 1) return false;
        if (takes_rows_side_by_side(stage.kernel) &&
            rows_between(step.stages[index - 1], stage) % stage.kernel.stream_rows)
            return false;
    }
    return true;
}

std::vector<std::size_t> stages_of_ring(const Step& step, std::size_t ring) {
    std::vector<std::size_t> stages;
    for (std::size_t index = 0; index < step.stages.size(); ++index)
        if (step.stages[index].ring && std::size_t(step.stages[index].ring->ring) == ring) stages.push_back(index);
    return stages;
}

// --- Rings of any stream: what the order of its stages needs.

/// Rows of a ring that are made or read together, as the code counts them.
using RowBlock = std::pair<int, int>;  // first, rows

class RingNeeds {
  public:
    RingNeeds(const Step& step, const StreamCode& code)
        : step_(step), private_(rings_are_private(step)), rows_(step.rings.size()), blocks_(step.rings.size()) {
        const int height = step.last().kernel.output().height;
        for (int first = 0; first < height; ++first) add(run_stream(code, first, height));
    }

    /// The fewest rows that keep each row until it has been read for the last time, and each block in one piece.
    int rows(std::size_t ring) const {
        int rows = rows_[ring];
        const auto is_whole = [&](const RowBlock& block) { return block.first % rows + block.second <= rows; };
        while (!std::all_of(blocks_[ring].begin(), blocks_[ring].end(), is_whole)) ++rows;
        return rows;
    }

  private:
    void add(const std::vector<StreamOperation>& operations) {
        std::vector<int> end(step_.stages.size());  // of the rows made
        std::vector<int> first(step_.stages.size(), -1);
        for (const StreamOperation& operation : operations) {
            if (operation.stage < 0) continue;
            const auto stage = std::size_t(operation.stage);
            add_reads(operation, first, end);
            if (first[stage] < 0) first[stage] = operation.first;
            end[stage] = operation.first + operation.rows;
            if (const auto& slice = step_.stages[stage].ring)
                add_block(std::size_t(slice->ring), operation, first[stage]);
        }
    }

    void add_reads(const StreamOperation& operation, const std::vector<int>& first, const std::vector<int>& end) {
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        for (const RowNeeded& needed : rows_needed(step_, operation)) {
            const auto* rows = std::get_if<RowsFeed>(&stage.feeds[needed.feed].from);
            if (!rows || needed.row < 0 || needed.row >= needed.height) continue;
            int& most = rows_[std::size_t(rows->slice.ring)];
            for (int maker : rows->makers) most = std::max(most, end[std::size_t(maker)] - needed.row);
        }
        if (!takes_rows_side_by_side(stage.kernel)) return;
        for (const Feed& feed : stage.feeds)
            if (const auto* rows = std::get_if<RowsFeed>(&feed.from))
                add_block(std::size_t(rows->slice.ring), operation, first[std::size_t(rows->makers.at(0))]);
    }

    void add_block(std::size_t ring, const StreamOperation& operation, int first_of_ring) {
        rows_[ring] = std::max(rows_[ring], operation.rows);
        blocks_[ring].insert({operation.first - (private_ ? first_of_ring : 0), operation.rows});
    }

    const Step& step_;
    bool private_;
    std::vector<int> rows_;
    std::vector<std::set<RowBlock>> blocks_;
};

/// Which rings of one row each hold a row at the same time.
class SingleRows {
  public:
    SingleRows(const Step& step, const StreamCode& code)
        : step_(step), together_(step.rings.size(), std::vector<bool>(step.rings.size())) {
        const int height = step.last().kernel.output().height;
        for (int first = 0; first < height; ++first) add(run_stream(code, first, height));
    }

    bool together(std::size_t ring, std::size_t other) const { return together_[ring][other]; }

  private:
    /// The operations from the one that makes a row to the last one that reads it.
    struct Life {
        std::size_t first = 0, last = 0;
    };

    void add(const std::vector<StreamOperation>& operations) {
        std::vector<std::vector<Life>> lives(step_.rings.size());
        for (std::size_t time = 0; time < operations.size(); ++time) {
            if (operations[time].stage < 0) continue;
            const Stage& stage = step_.stages[std::size_t(operations[time].stage)];
            for (const Feed& feed : stage.feeds)
                if (const auto* rows = std::get_if<RowsFeed>(&feed.from))
                    if (auto& of_ring = lives[std::size_t(rows->slice.ring)]; !of_ring.empty())
                        of_ring.back().last = time;
            if (stage.ring) lives[std::size_t(stage.ring->ring)].push_back({time, time});
        }
        for (std::size_t ring = 0; ring < lives.size(); ++ring)
            for (std::size_t other = 0; other < ring; ++other)
                if (overlap(lives[ring], lives[other])) together_[ring][other] = together_[other][ring] = true;
    }

    static bool overlap(const std::vector<Life>& lives, const std::vector<Life>& others) {
        for (std::size_t at = 0, other = 0; at < lives.size() && other < others.size();) {
            if (lives[at].first <= others[other].last && others[other].first <= lives[at].last) return true;
            lives[at].last < others[other].last ? ++at : ++other;
        }
        return false;
    }

    const Step& step_;
    std::vector<std::vector<bool>> together_;
};

/// The rings that share one place because each holds one row, and none while another does.
std::vector<std::size_t> sharing_rings(const Step& step, const StreamCode& code) {
    std::vector<std::size_t> candidates;
    for (std::size_t ring = 0; ring < step.rings.size(); ++ring)
        if (step.rings[ring].rows == 1 && stages_of_ring(step, ring).size() == 1) candidates.push_back(ring);
    std::vector<std::size_t> sharing;
    if (candidates.size() < 2) return candidates;
    const SingleRows rows(step, code);
    for (std::size_t ring : candidates)
        if (std::none_of(sharing.begin(), sharing.end(), [&](std::size_t other) { return rows.together(ring, other); }))
            sharing.push_back(ring);
    return sharing;
}

/// The same of a chain: a row is used up at once, and its input is no such row itself, or it would be overwritten.
std::vector<std::size_t> sharing_rings_of_chain(const Step& step) {
    std::vector<std::size_t> sharing;
    for (std::size_t index = 0; index + 1 < step.stages.size(); ++index)
        if (step.rings[index].rows == 1 && (index == 0 || step.rings[index - 1].rows > 1)) sharing.push_back(index);
    return sharing;
}

std::int64_t picture_size(const Step& step) {
    for (const Stage& stage : step.stages)
        for (const Feed& feed : stage.feeds)
            if (const auto* input = std::get_if<WholeFeed>(&feed.from))
                if (step.inputs[std::size_t(input->input)].place == Operand::Place::picture)
                    return aligned(picture_scratch_size(stage.kernel));
    return 0;
}

/// One behind the other, those that share a place last.
void place(Step& step, const std::vector<std::size_t>& sharing) {
    std::int64_t size = picture_size(step);
    std::int64_t shared = 0;
    for (std::size_t index = 0; index < step.rings.size(); ++index) {
        Ring& ring = step.rings[index];
        const std::int64_t bytes = aligned(ring.rows * ring.row_size);
        if (std::find(sharing.begin(), sharing.end(), index) != sharing.end()) {
            shared = std::max(shared, bytes);
            continue;
        }
        ring.offset = size;
        size += bytes;
    }
    for (std::size_t index : sharing) step.rings[index].offset = size;
    step.scratch_size = size + shared;
}

}  // namespace

void place_rings(Step& step) {
    if (is_chain(step)) {
        for (std::size_t index = 0; index + 1 < step.stages.size(); ++index)
            step.rings[index].rows = rows_between(step.stages[index], step.stages[index + 1]);
        return place(step, sharing_rings_of_chain(step));
    }
    const StreamCode code = stream_code(step);  // its order does not depend on the rings
    const RingNeeds needs(step, code);
    for (std::size_t index = 0; index < step.rings.size(); ++index) step.rings[index].rows = needs.rows(index);
    place(step, sharing_rings(step, code));
}

}  // namespace ssdgen
