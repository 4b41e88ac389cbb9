#pragma once

#include "support/files.h"

#include <set>
#include <string>

namespace ssdgen {

/// Emitted files put together as one: an `#include "..."` of a part becomes the part itself, the first time. Headers of the
/// runtime bring a guard each, since another network's files bring them too. The line `#pragma once` of other parts is left out.
class Amalgamation {
  public:
    explicit Amalgamation(const FileSet& parts) : parts_(parts) {}

    /// The file stays one of its own: its include is kept.
    void stands_beside(const std::string& path) { beside_.insert(path); }
    void append(const std::string& path);
    const std::string& text() const { return text_; }

  private:
    void append_include(const std::string& including, const std::string& included, const std::string& line);

    const FileSet& parts_;
    std::set<std::string> seen_, beside_;
    std::string text_;
};

}  // namespace ssdgen
