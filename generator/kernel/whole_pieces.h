#pragma once

#include "kernel/tree.h"
#include "plan/kernel.h"

#include <string>
#include <vector>

namespace ssdgen {

// Statements that the lowerings of kernels of whole numbers are made of.

/// What a channel's row of a kernel's header (plan/packing.h) is.
enum class HeaderRow { bias, factor, mantissa, right_shift, left_shift, weight_zero };

/// Its rows, in order.
std::vector<HeaderRow> header_row_kinds(const Kernel& kernel);

/// The registers of factors that a register of sums is scaled with: "factor_c1", or "mantissa_c1", "right_c1",
/// "left_c1". suffix: what tells registers apart, as "_c1".
struct SumScaling {
    const Kernel& kernel;
    /// The loads; at(row, index): where that row of the header lies for these channels.
    template <class At>
    void append_loads(Body& body, const std::string& suffix, int lanes, const At& at) const {
        const std::vector<HeaderRow> rows = header_row_kinds(kernel);
        for (std::size_t row = 0; row < rows.size(); ++row)
            if (const char* name = factor_name(rows[row]))
                body.push_back(WholeLoad{name + suffix,
                                         at(int(row)),
                                         {rows[row] == HeaderRow::factor ? Element::f32 : Element::s32, lanes}});
    }
    /// sum becomes the number of its output, before the zero point is added; with rescaling, afterwards.
    void append(Body& body, const std::string& sum, const std::string& suffix) const;

  private:
    /// Null for a row that scales nothing.
    static const char* factor_name(HeaderRow row);
};

/// The constants of outputs that are rescaled: append once, before append_rescaling.
void append_rescaling_constants(Body& body, const OutputNumbers& output);
void append_rescaling(Body& body, const OutputNumbers& output, const std::string& sum);

/// The zero point and range that are left for a store.
WholeStore store_of(const OutputNumbers& output, const Address& address, std::vector<std::string> names, int channels);

/// The place of a row in the header.
int index_of(const Kernel& kernel, HeaderRow row);

}  // namespace ssdgen
