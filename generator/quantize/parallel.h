#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace ssdgen {

/// Calls work(index) for every index below count on so many threads, each index once. What work throws for the lowest
/// index is thrown again, once all have ended. title: what is said on stderr of how far it is; empty: nothing.
void for_each_index(std::size_t count, int threads, const std::string& title,
                    const std::function<void(std::size_t)>& work);

}  // namespace ssdgen
