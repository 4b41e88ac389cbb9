#pragma once

#include <string>

namespace ssdgen {

/// A fresh folder for temporary files, which goes with the object unless it is to be kept. InputError if none can be
/// made.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string path(const std::string& file) const { return path_ + "/" + file; }
    void keep() { kept_ = true; }

  private:
    std::string path_;
    bool kept_ = false;
};

/// A text as one word of a shell command.
std::string shell_word(const std::string& text);

/// Runs a shell command with its output and errors in the file `log`. InputError, which names both, unless it gives 0;
/// the folder, which holds the log, is kept then.
void run_command(const std::string& command, const std::string& log, TemporaryFolder& folder);

}  // namespace ssdgen
