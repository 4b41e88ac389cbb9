#include "emit/folder/runtime.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace ssdgen;

TEST_CASE("Networks of 8 bits take along one header of the runtime more than others") {
    const std::vector<std::string> others = runtime_headers(false);
    std::vector<std::string> all = runtime_headers(true);
    CHECK(std::count(others.begin(), others.end(), "ssd/quantized.h") == 0);
    CHECK(std::count(others.begin(), others.end(), "ssd/post_process.h") == 1);
    const auto found = std::find(all.begin(), all.end(), "ssd/quantized.h");
    REQUIRE(found != all.end());
    all.erase(found);
    CHECK(all == others);
}

TEST_CASE("Each spelling of the runtime is whole, and the standard one knows no vectors") {
    for (const bool standard : {false, true}) {
        CAPTURE(standard);
        FileSet files;
        add_runtime(standard, true, files);
        CHECK(files.files().size() == runtime_headers(true).size());
        std::size_t with_vectors = 0;
        for (const auto& [path, text] : files.files()) {
            CAPTURE(path);
            CHECK(text.find("SSD_STANDARD") == std::string::npos);
            if (text.find("vector_size") != std::string::npos) ++with_vectors;
        }
        CHECK(with_vectors == (standard ? 0 : 2));  // largest.h and quantized.h
    }
}
