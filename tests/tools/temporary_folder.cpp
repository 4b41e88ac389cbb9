#include "tools/temporary_folder.h"

#include "support/process.h"

#include <cstdlib>
#include <filesystem>

namespace ssdgen::test {

struct TemporaryFolder::Folder : ssdgen::TemporaryFolder {};

TemporaryFolder::TemporaryFolder()
    : folder_(std::make_unique<Folder>()), path_(std::filesystem::path(folder_->path("file")).parent_path().string()) {
    if (std::getenv("SSDGEN_KEEP") != nullptr) folder_->keep();
}

TemporaryFolder::~TemporaryFolder() = default;

}  // namespace ssdgen::test
