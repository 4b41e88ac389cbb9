#pragma once

#include <string>

namespace CLI {
class App;
}

namespace ssdgen {

/// The commands and their options as Markdown, a heading and a table each: what generator/cli/README.md contains, and
/// what `ssdgen --help-markdown` prints. Made from what the parser itself knows, so that it cannot say anything else.
std::string command_reference(const CLI::App& app);

}  // namespace ssdgen
