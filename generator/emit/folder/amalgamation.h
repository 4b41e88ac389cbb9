#pragma once

#include "emit/folder/manifest.h"
#include "support/files.h"

#include <set>
#include <string>

namespace ssdgen {

/// Emitted files put together as one: an `#include "..."` of a part becomes the part itself, the first time. Headers of
/// the runtime bring a guard each, since another network's files bring them too. The line `#pragma once` of other parts
/// is left out.
class Amalgamation {
  public:
    explicit Amalgamation(const FileSet& parts) : parts_(parts) {}

    /// The file stays one of its own: its include is kept.
    void stands_beside(const std::string& path) { beside_.insert(path); }
    /// The file is part of one that stands beside: its include is left out.
    void leave_out(const std::string& path) { seen_.insert(path); }
    void append(const std::string& path);
    const std::string& text() const { return text_; }

  private:
    void append_include(const std::string& including, const std::string& included, const std::string& line);

    const FileSet& parts_;
    std::set<std::string> seen_, beside_;
    std::string text_;
};

/// NAME.h, NAME_c.h and NAME.cpp, made of the files that a product needs; the weights that are files are kept, out of
/// their folders.
FileSet amalgamate(const FileSet& parts, const std::string& name, const Manifest& manifest);

}  // namespace ssdgen
