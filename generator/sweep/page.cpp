#include "sweep/page.h"

#include "emit/print/template.h"

namespace ssdgen {

std::string_view embedded_page(std::string_view path);

namespace {

/// JSON that can stand in a script element: no "</script" and no "<!--" in it.
std::string script_safe(const std::string& json) {
    std::string text;
    for (const char c : json) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return text;
}

}  // namespace

std::string sweep_page(const std::string& network, const std::string& results) {
    return fill_text(embedded_page("sweep.html"), "sweep.html",
                     {{"network", network},
                      {"style", std::string(embedded_page("sweep.css"))},
                      {"results", script_safe(results)},
                      {"script", std::string(embedded_page("sweep.js"))}});
}

}  // namespace ssdgen
