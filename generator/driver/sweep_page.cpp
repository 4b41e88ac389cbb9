#include "driver/sweep_page.h"

#include "emit/template.h"

namespace ssdgen {

namespace {

/// JSON that can stand in a script element: no "</script" and no "<!--" in it.
std::string script_safe(const std::string& json) {
    std::string text;
    for (const char c : json) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return text;
}

}  // namespace

std::string sweep_page(const std::string& network, const std::string& results) {
    return fill_template("sweep.html", {{"network", network},
                                        {"style", fill_template("sweep.css", {})},
                                        {"results", script_safe(results)},
                                        {"script", fill_template("sweep.js", {})}});
}

}  // namespace ssdgen
