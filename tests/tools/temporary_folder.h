#pragma once

#include <memory>
#include <string>

namespace ssdgen::test {

/// The generator's TemporaryFolder for tests: kept if SSDGEN_KEEP is set.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// Of a file in it, or its own.
    std::string path(const std::string& file = "") const { return file.empty() ? path_ : path_ + "/" + file; }

  private:
    struct Folder;  // the generator's, whose name would be the same wherever both namespaces are used
    std::unique_ptr<Folder> folder_;
    std::string path_;
};

}  // namespace ssdgen::test
