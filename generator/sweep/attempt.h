#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// A step of a sweep's build.ninja that must not end the others. Runs a command (its words; no shell in between) and
/// writes into the file `record`, as JSON, how long it took and what it printed:
///
///     {"seconds": 1.5, "output": "..."}        it succeeded
///     {"seconds": 1.5, "failed": "c++ gave 1: conv0.cpp:7: error: ..."}
///
/// If it failed, the file `product`, which it should have made, is removed ("": it makes none), so that whatever needs
/// it fails too. Gives the exit status: 0, even if the command failed; 130 if it was interrupted, and then nothing is
/// written.
int run_attempt(const std::string& record, const std::string& product, const std::vector<std::string>& command);

}  // namespace ssdgen
