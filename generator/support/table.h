#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// Rows of text in aligned columns, two blanks apart: the first column to the left, the others to the right.
class Table {
  public:
    /// Every row has as many cells as the first, the heading.
    void add(std::vector<std::string> cells);
    std::string text() const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

/// 1148479168 as "1,148,479,168".
std::string with_commas(long long number);

}  // namespace ssdgen
