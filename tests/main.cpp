// What every test program begins with. A case that skips something says so, and one that asserts nothing fails: no
// program passes without having done what its cases claim.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tools/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace ssdgen::test {

namespace {

struct Skip {
    std::string test, lack;
};

struct Record {
    std::string running;  // the case
    unsigned cases = 0;   // that were run
    std::vector<Skip> skips;
    std::vector<std::string> idle;  // cases that asserted nothing and skipped nothing
};
Record record;

bool skips(const std::string& test) {
    return std::any_of(record.skips.begin(), record.skips.end(), [&](const Skip& skip) { return skip.test == test; });
}

/// Notes which case runs, and the cases that do nothing.
struct Listener : doctest::IReporter {
    explicit Listener(const doctest::ContextOptions&) {}
    void test_case_start(const doctest::TestCaseData& data) override {
        record.running = data.m_name;
        ++record.cases;
    }
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        if (stats.numAssertsCurrentTest == 0 && stats.failure_flags == 0 && !skips(record.running))
            record.idle.push_back(record.running);
    }
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};
REGISTER_LISTENER("what is skipped", 1, Listener);

/// Whether what ./run test can bring has to be here.
bool strict() {
    const char* setting = std::getenv("SSDGEN_TEST_STRICT");
    return setting != nullptr && *setting != '\0';
}

/// For ./run test: how many cases the program has run, and a line a skip, of fields between tabs.
void append_to_list(const std::string& program) {
    const char* path = std::getenv("SSDGEN_SKIPPED_LIST");
    if (path == nullptr) return;
    std::ofstream list(path, std::ios::app);
    list << "cases\t" << program << '\t' << record.cases << '\n';
    for (const Skip& skip : record.skips)
        list << "skipped\t" << program << '\t' << skip.test << '\t' << skip.lack << '\n';
}

}  // namespace

bool lacks(const Need& need) {
    const std::string command = "( " + std::string(need.command) + " ) > /dev/null 2>&1 < /dev/null";
    if (std::system(command.c_str()) == 0) return false;
    const Skip skip{record.running, need.name};
    const auto same = [&](const Skip& other) { return other.test == skip.test && other.lack == skip.lack; };
    if (std::none_of(record.skips.begin(), record.skips.end(), same)) record.skips.push_back(skip);
    if (strict() && !need.may_lack)
        FAIL_CHECK("under SSDGEN_TEST_STRICT this has to be here, and is not: " << std::string(need.name));
    return true;
}

}  // namespace ssdgen::test

int main(int count, char** arguments) {
    using ssdgen::test::record;
    doctest::Context context(count, arguments);
    const int status = context.run();
    if (context.shouldExit()) return status;
    const std::string path = arguments[0];
    ssdgen::test::append_to_list(path.substr(path.rfind('/') + 1));
    for (const auto& skip : record.skips) std::cout << "skipped: " << skip.test << ": " << skip.lack << " is missing\n";
    for (const std::string& test : record.idle) std::cout << "ERROR: asserts nothing: " << test << '\n';
    if (status != 0 || !record.idle.empty()) return 1;
    return record.skips.empty() ? 0 : 77;
}
