// The faces of a network's interface are printed from one table.
#include "emit/network/entries.h"

#include <doctest/doctest.h>

#include <string>

using namespace ssdgen;

namespace {

Interface interface_named(const std::string& name, bool detector, WeightsForm form, bool several) {
    static const Head head{};
    Interface interface {};
    interface.name = name;
    interface.weights_form = form;
    interface.several_targets = several;
    interface.head = detector ? &head : nullptr;
    return interface;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Every function is declared in C++ and in C and defined for C, under one name, in one order") {
    for (const bool detector : {true, false})
        for (const WeightsForm form : {WeightsForm::object, WeightsForm::file})
            for (const bool several : {true, false}) {
                const Interface interface = interface_named("net", detector, form, several);
                const std::string cpp = print_declarations(interface), c = print_c_declarations(interface),
                                  definitions = print_c_definitions(interface);
                std::size_t in_cpp = 0, in_c = 0, defined = 0;
                for (const Entry& entry : entries_of(interface)) {
                    CAPTURE(entry.name);
                    const std::size_t next = cpp.find(" " + entry.name + "(", in_cpp),
                                      next_in_c = c.find(" net_" + entry.name + "(", in_c),
                                      next_defined = definitions.find(" net_" + entry.name + "(", defined);
                    REQUIRE(next != std::string::npos);
                    REQUIRE(next_in_c != std::string::npos);
                    REQUIRE(next_defined != std::string::npos);
                    in_cpp = next + 1;
                    in_c = next_in_c + 1;
                    defined = next_defined + 1;
                    CHECK(has(definitions, " net::" + entry.name + "("));
                }
                CHECK(has(cpp, "use_weights") == (form == WeightsForm::file));
                CHECK(has(cpp, "weights_file()") == (form == WeightsForm::file && several));
                CHECK(has(cpp, "post_process") == detector);
            }
}

TEST_CASE("What a function does is said in the words of its language, with no hole left") {
    const Interface interface = interface_named("my_net", true, WeightsForm::file, true);
    const std::string cpp = print_declarations(interface), c = print_c_declarations(interface);
    for (const std::string& text : {cpp, c}) {
        CHECK(!has(text, "{d"));
        CHECK(!has(text, "$"));
    }
    CHECK(has(cpp, "ssd::Error::no_weights"));
    CHECK(has(cpp, "where detect\n"));
    CHECK(has(cpp, "nullptr if they are right"));
    CHECK(has(c, "SSD_ERROR_NO_WEIGHTS"));
    CHECK(has(c, "my_net_detect would return"));
    CHECK(has(c, "NULL if they are right"));
    CHECK(has(c, "[MY_NET_PRIORS][MY_NET_CLASSES]"));
    CHECK(!has(c, "ssd::"));
}

TEST_CASE("C asks what is wrong with its arguments before it makes C++'s of them") {
    const std::string text = print_c_definitions(interface_named("net", true, WeightsForm::object, false));
    CHECK(has(
        text,
        R"(    const int wrong = ssd::detail::first_wrong(ssd::detail::wrong_with(image), ssd::detail::wrong_with(options),
                                               wrong_with(workspace));
    if (wrong != 0) return wrong;
    return net::detect(from_c(*image), own(workspace), from_c(out), capacity, from_c(options), from_c(executor));
)"));
}
