// sweep.html in headless Chromium: it draws, points tell what they are, the table sorts and filters, and nothing is
// fetched.
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

// Does what a reader does and writes down what the page shows then.
const char* const reader = R"js(
<script>
{  // a scope of its own: the page has names of its own
const seen = {};
const over = (element, type) => element.dispatchEvent(new PointerEvent(type, {bubbles: true}));
const cells = (index) => [...document.querySelectorAll("#table tbody tr")].map((row) => row.children[index].textContent);
const head = (key) => document.querySelector('th[data-key="' + key + '"]');
const column = (key) => [...head(key).parentElement.children].indexOf(head(key));
const tip = document.getElementById("tip");
seen.plots = [...document.querySelectorAll("figure")].map((figure) => figure.querySelector("figcaption").firstChild.textContent + ": " + figure.querySelectorAll(".point").length + " points, front of " + figure.querySelectorAll(".point:not(.off-front)").length);
seen.fronts = document.querySelectorAll("path.front").length;
seen.labels = [...document.querySelectorAll("figure:first-of-type .label")].map((label) => label.textContent).sort();
seen.colours = new Set([...document.querySelectorAll("figure:first-of-type .mark")].map((mark) => mark.getAttribute("fill"))).size;
seen.shapes = new Set([...document.querySelectorAll("figure:first-of-type .mark")].map((mark) => mark.getAttribute("d"))).size;
seen.hidden_before = tip.hidden;
over(document.querySelector('[data-point="1"] .mark'), "pointerover");
seen.tip = tip.hidden ? "" : tip.textContent;
seen.lit = document.querySelectorAll(".lit").length;
seen.lit_row = document.querySelector("tr.lit")?.dataset.point;
document.getElementById("plots").dispatchEvent(new PointerEvent("pointerleave"));
seen.hidden_after = tip.hidden;
seen.before = cells(column("macs"));
head("macs").querySelector("button").click();
seen.up = cells(column("macs"));
seen.up_says = head("macs").getAttribute("aria-sort");
head("macs").querySelector("button").click();
seen.down = cells(column("macs"));
seen.down_says = head("macs").getAttribute("aria-sort");
head("arena_bytes").querySelector("button").click();
seen.arena = cells(column("arena_bytes"));
seen.few = document.querySelectorAll("#table thead th").length;
document.getElementById("all-columns").click();
seen.many = document.querySelectorAll("#table thead th").length;
[...document.querySelectorAll(".chip")].find((chip) => chip.textContent === "0.5").click();
seen.filtered = cells(0).length;
seen.filtered_points = document.querySelectorAll("figure:first-of-type .point").length;
seen.verdict = document.getElementById("verdict").textContent;
seen.chosen = document.querySelector("tr.chosen")?.dataset.point;
seen.ticks = [...document.querySelector("figure").querySelectorAll("svg > .axis-text")].map((tick) => tick.textContent);
seen.about = document.getElementById("about").textContent;
seen.note = document.getElementById("front-note").textContent;
seen.fetched = performance.getEntriesByType("resource").length;
seen.wide = document.documentElement.scrollWidth <= innerWidth;
const report = document.createElement("pre");
report.id = "seen";
report.textContent = "SEEN" + btoa(JSON.stringify(seen, null, 0).replace(/[^\x20-\x7e]/g, "?")) + "SEEN";
document.body.append(report);
}
</script>
)js";

std::string decode_base64(const std::string& text) {
    static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::size_t value = letters.find(c);
        if (value == std::string::npos) continue;
        bits = bits << 6 | unsigned(value);
        if ((count += 6) < 8) continue;
        count -= 8;
        bytes += char(bits >> count & 255);
    }
    return bytes;
}

std::string chromium() {
    for (const char* name : {"chromium", "chromium-browser"})
        if (has_program(name)) return name;
    return "google-chrome";
}

/// A static sweep of six networks into the folder `out`.
void sweep_six(const TemporaryFolder& folder) {
    write_if_changed(
        folder.path("prices.json"),
        R"({"portable": {"machine": "a <machine>", "networks": 1, "nanoseconds": {"cycles": 0.3, "picture_cycles": 0.3, "depthwise_cycles": 0.3,
                         "depthwise_vectors": 1, "tiles": 1, "weight_lines": 1, "far_lines": 1, "stages": 100, "rows": 10}}})");
    require_command(quoted(SSDGEN_EXECUTABLE) + " sweep " +
                        quoted(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json") +
                        " --static --alpha 0.25,0.5,1 --rho 0.5333,1 --target portable --calibration prices.json "
                        "--budget ram=512K --out out",
                    folder.path());
}

/// What the page of a sweep shows, in a window of this size.
nlohmann::json read_page(const TemporaryFolder& folder, const std::string& browser, const std::string& size) {
    std::string page = read_file(folder.path("out/sweep.html"));
    page.insert(page.rfind("</body>"), reader);
    write_if_changed(folder.path("read.html"), page);
    const std::string shown =
        require_command("HOME=" + quoted(folder.path()) + " timeout 120 " + browser +
                        " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --window-size=" + size +
                        " --dump-dom " + quoted("file://" + folder.path("read.html")))
            .output;
    const std::size_t begin = shown.find(">SEEN");
    REQUIRE(begin != std::string::npos);
    return nlohmann::json::parse(decode_base64(shown.substr(begin + 5, shown.find("SEEN<", begin) - begin - 5)));
}

}  // namespace

TEST_CASE("The page of a sweep: plots with a front, hover, sort, filter, all in one file") {
    if (lacks(need::chromium)) return;
    const std::string browser = chromium();
    const TemporaryFolder folder;
    sweep_six(folder);
    for (const char* reference : {" src=", "url(", "@import", "https://", "fetch("})
        CHECK(read_file(folder.path("out/sweep.html")).find(reference) == std::string::npos);
    for (const char* size : {"1400,1000", "500,900"}) {
        CAPTURE(size);
        const nlohmann::json seen = read_page(folder, browser, size);
        const std::vector<std::string> plots = seen.at("plots");
        REQUIRE(plots.size() == 3);
        CHECK(plots[0] == "Latency against multiply-adds: 6 points, front of 6");
        CHECK(plots[1].find("Latency against weights: 6 points") == 0);
        CHECK(plots[2].find("RAM against latency: 6 points") == 0);
        CHECK(seen.at("fronts") == 3);
        CHECK(seen.at("labels").size() >= 5);
        CHECK(seen.at("labels")[0] == "0.25?160");
        CHECK(seen.at("colours") == 3);
        CHECK(seen.at("shapes") == 2);
        CHECK(seen.at("hidden_before") == true);
        const std::string tip = seen.at("tip");
        CHECK(tip.find("alpha 0.25, rho 1") == 0);
        CHECK(tip.find("300x300") != std::string::npos);
        CHECK(tip.find("predicted ms") != std::string::npos);
        CHECK(seen.at("lit") == 4);  // in three plots and the table
        CHECK(seen.at("lit_row") == "1");
        CHECK(seen.at("hidden_after") == true);
        CHECK(seen.at("before")[1] != seen.at("up")[1]);
        CHECK(seen.at("up_says") == "ascending");
        CHECK(seen.at("down_says") == "descending");
        std::vector<std::string> up = seen.at("up"), down = seen.at("down"), arena = seen.at("arena");
        std::reverse(down.begin(), down.end());
        CHECK(up == down);
        CHECK(std::is_sorted(up.begin(), up.end(),
                             [](const auto& a, const auto& b) { return std::stod(a) < std::stod(b); }));
        CHECK(arena == std::vector<std::string>{"121", "233", "441", "600", "722", "1,444"});
        CHECK(seen.at("many") > seen.at("few"));
        CHECK(seen.at("filtered") == 4);
        CHECK(seen.at("filtered_points") == 4);
        CHECK(seen.at("verdict").get<std::string>().find("Budget ram=512K: ") == 0);
        CHECK(seen.at("chosen").is_string());
        CHECK(seen.at("fetched") == 0);
        CHECK(seen.at("wide") == true);
    }
}

namespace {

/// Makes the results of a sweep anew with figures that a measured one would have had. map: accuracy by point; 0: not
/// known.
void pretend_evaluated(const TemporaryFolder& folder, const std::vector<double>& map) {
    const nlohmann::json results = nlohmann::json::parse(read_file(folder.path("out/sweep.json")));
    nlohmann::json ids;
    for (std::size_t i = 0; i < results.at("points").size(); ++i) {
        nlohmann::json figures = results.at("points")[i];
        for (const char* key : {"fits", "accuracy_front"}) figures.erase(key);
        figures["ms_1"] = figures.at("predicted_ms");
        if (map[i] > 0) figures["map"] = map[i];
        ids.push_back(std::to_string(i));
        write_if_changed(folder.path("out/points/" + std::to_string(i) + "/row.json"),
                         nlohmann::json{{"figures", figures}, {"timed", nlohmann::json::array()}}.dump());
    }
    const nlohmann::json settings{{"network", "net"},
                                  {"threads", {1}},
                                  {"measure", true},
                                  {"budget", "ram=512K"},
                                  {"machine", "a machine"},
                                  {"compiler", ""},
                                  {"evaluated_on", "held_out (9 objects)"},
                                  {"predicted_by", ""},
                                  {"points", ids}};
    write_if_changed(folder.path("out/settings.json"), settings.dump());
    require_command(quoted(SSDGEN_EXECUTABLE) + " sweep-step collect -- out", folder.path());
}

}  // namespace

TEST_CASE("Where accuracy is known, the page shows it against latency first, with the front that sweep.json has") {
    if (lacks(need::chromium)) return;
    const std::string browser = chromium();
    const TemporaryFolder folder;
    sweep_six(folder);
    // Alpha 0.25, 0.5 and 1 in two sizes each: the second and the fourth do more multiply-adds than the next, for less.
    pretend_evaluated(folder, {0.55, 0.6, 0.62, 0.61, 0.7, 0});
    const nlohmann::json results = nlohmann::json::parse(read_file(folder.path("out/sweep.json")));
    std::string marks;
    for (const nlohmann::json& point : results.at("points")) marks += point.value("accuracy_front", "-") + " ";
    CHECK(marks == "yes no yes no yes - ");
    for (const char* size : {"1400,1000", "500,900"}) {
        CAPTURE(size);
        const nlohmann::json seen = read_page(folder, browser, size);
        const std::vector<std::string> plots = seen.at("plots");
        REQUIRE(plots.size() == 6);
        CHECK(plots[0] == "Accuracy against latency: 5 points, front of 3");
        CHECK(plots[1].find("Accuracy against weights: 5 points") == 0);
        CHECK(plots[2].find("Accuracy against RAM (arena): 5 points") == 0);
        CHECK(plots[3] ==
              "Latency against multiply-adds: 6 points, front of 3");  // the one of unknown accuracy is on none
        CHECK(seen.at("fronts") == 6);
        // A linear axis that begins near the least of them.
        const std::vector<std::string> ticks = seen.at("ticks");
        for (const char* tick : {"0.55", "0.6", "0.65", "0.7"})
            CHECK(std::count(ticks.begin(), ticks.end(), tick) == 1);
        CHECK(std::count(ticks.begin(), ticks.end(), "0.5") == 0);
        CHECK(seen.at("tip").get<std::string>().find("mAP0.600") != std::string::npos);
        CHECK(seen.at("verdict").get<std::string>().find("; the most accurate is alpha ") != std::string::npos);
        CHECK(seen.at("about").get<std::string>().find("accuracy on held_out (9 objects)") != std::string::npos);
        CHECK(seen.at("note").get<std::string>().find("no other beats in mean average precision") != std::string::npos);
        CHECK(seen.at("wide") == true);
        CHECK(seen.at("fetched") == 0);
    }
}
