#include "support/files.h"

#include "support/error.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace ssdgen {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) fail_input(path, "is a folder; allowed: a readable file");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail_input(path, "cannot be read: {}; allowed: a readable file", std::strerror(errno));
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    if (stream.bad()) fail_input(path, "cannot be read: {}; allowed: a readable file", std::strerror(errno));
    return std::move(bytes).str();
}

namespace {

bool holds(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    if (fs::file_size(path, error) != bytes.size() || error) return false;
    std::ifstream stream(path, std::ios::binary);
    std::string old(bytes.size(), '\0');
    return stream.read(old.data(), static_cast<std::streamsize>(old.size())) && old == bytes;
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    if (!folder.empty()) fs::create_directories(folder, error);
    if (error)
        fail_input(folder.string(), "cannot be made: {}; allowed: a folder that can be written", error.message());
}

[[noreturn]] void fail_to_write(const std::string& path, const std::string& reason) {
    fail_input(path, "cannot be written: {}; allowed: a file in a folder that can be written", reason);
}

/// A file's new bytes, written beside it, until they are put in its place or dropped. Nothing if it holds them already.
class StagedFile {
  public:
    StagedFile(const std::string& path, std::string_view bytes) : path_(path) {
        if (holds(path, bytes)) return;
        make_folder(fs::path(path).parent_path());
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) fail_to_write(path, std::strerror(EISDIR));
        beside_ = path + ".part";
        std::ofstream stream(beside_, std::ios::binary | std::ios::trunc);
        stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        stream.close();
        if (stream) return;
        const int reason = errno;
        drop();
        fail_to_write(path, std::strerror(reason));
    }
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    ~StagedFile() { drop(); }

    void put_in_place() {
        if (beside_.empty()) return;
        std::error_code error;
        fs::rename(beside_, path_, error);
        if (error) fail_to_write(path_, error.message());
        beside_.clear();
    }

  private:
    void drop() {
        std::error_code ignored;
        if (!beside_.empty()) fs::remove(beside_, ignored);
    }

    std::string path_, beside_;
};

}  // namespace

void write_if_changed(const std::string& path, std::string_view bytes) {
    StagedFile file(path, bytes);
    file.put_in_place();
}

void write_together(const std::map<std::string, std::string>& files) {
    std::deque<StagedFile> staged;
    for (const auto& [path, bytes] : files) staged.emplace_back(path, bytes);
    for (StagedFile& file : staged) file.put_in_place();
}

void FileSet::add(const std::string& path, std::string bytes) {
    check(files_.emplace(path, std::move(bytes)).second, "a file is emitted once: " + path);
}

void FileSet::add_folder(const std::string& folder, const FileSet& files) {
    for (const auto& [path, bytes] : files.files()) add(folder + path, bytes);
}

void FileSet::write(const std::string& folder) const {
    // A folder that cannot be written is found out with a file of our own, before the first real one.
    make_folder(folder);
    const fs::path probe = fs::path(folder) / ".ssdgen-probe";
    std::ofstream(probe, std::ios::binary) << "probe";
    std::error_code error;
    if (!fs::remove(probe, error) || error)
        fail_input(folder, "cannot be written; allowed: a folder that can be written");
    std::map<std::string, std::string> placed;
    for (const auto& [path, bytes] : files_) placed.emplace((fs::path(folder) / path).string(), bytes);
    write_together(placed);
}

}  // namespace ssdgen
