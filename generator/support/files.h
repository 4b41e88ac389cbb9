#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ssdgen {

/// The bytes of a file. InputError "PATH: cannot be read: REASON; allowed: a readable file" if it cannot be read.
std::string read_file(const std::string& path);

/// Writes the file, making its folder, unless it already holds exactly these bytes (so that builds do not rerun).
/// The bytes are written beside it first and renamed into place. InputError if it cannot be written.
void write_if_changed(const std::string& path, std::string_view bytes);

/// The same for several files, path to bytes: if one cannot be written, none is.
void write_together(const std::map<std::string, std::string>& files);

/// Files collected first and written together, so that an error on the way leaves nothing behind.
class FileSet {
  public:
    /// path is relative to the folder given to write(); each path once.
    void add(const std::string& path, std::string bytes);
    /// All of another set, below a folder ("name/").
    void add_folder(const std::string& folder, const FileSet& files);
    const std::map<std::string, std::string>& files() const { return files_; }
    /// InputError if the folder cannot be made or written; checked before the first file is written.
    void write(const std::string& folder) const;

  private:
    std::map<std::string, std::string> files_;
};

}  // namespace ssdgen
