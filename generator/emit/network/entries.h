#pragma once

#include "emit/network/emission.h"

#include <string>
#include <vector>

namespace ssdgen {

// The functions of a network's interface, as one table (entries.cpp), and the faces that are printed from it: NAME.h,
// NAME_c.h, NAME_c.cpp, the definitions in NAME.cpp, and what stands before several targets.

/// What a parameter brings; its name and its types in C++ and in C follow from it.
enum class ParameterKind {
    picture,  // bytes of the network's own size
    boxes,
    logits,
    made_boxes,  // raw outputs that forward() gave
    made_logits,
    workspace,
    image,
    detections,
    classifications,
    capacity,
    options,
    executor,
    file,
    file_size,
    observer,  // of no public function; what is called back
    observe,   // likewise; what the observed run order calls
};

/// What a function returns, and so how it says that a call is wrong.
enum class ResultKind {
    nothing,  // it does nothing then
    number,   // of results, or a negative ssd::Error
    text,     // nullptr, or what is wrong
};

struct Entry {
    std::string name;
    ResultKind result;
    std::vector<ParameterKind> parameters;
    std::string text;             // what it does; {word} stands for what C++ and C call differently
    bool of_front_alone = false;  // of several targets: nothing that one target has
};

/// All functions, in the order of the headers. (In C there are also NAME_init and NAME_use_threads, which in C++ are
/// members of Workspace.)
std::vector<Entry> entries_of(const Interface& interface);

/// The one of that name; InternalError if there is none.
Entry find_entry(const std::vector<Entry>& entries, const std::string& name);

/// forward(), with an observer: what NAME_observer.h declares.
Entry observed_entry(const Entry& forward);

/// "int detect(const ssd::Image& image, ...) noexcept", without default arguments.
std::string print_signature(const Entry& entry);
/// The same, of another function with its parameters: "int forward_or_error(...) noexcept".
std::string print_signature(const Entry& entry, const std::string& result_and_name);

/// NAME.h's declarations, each with what it does.
std::string print_declarations(const Interface& interface);

/// NAME_c.h's and NAME_c.cpp's.
std::string print_c_declarations(const Interface& interface);
std::string print_c_definitions(const Interface& interface);

/// What a call is given that hands all parameters on; workspace: what stands for that one.
std::vector<std::string> forwarded_arguments(const Entry& entry, const std::string& workspace);

/// What a function returns where it has no target to call: a statement, or "".
const char* print_no_result(ResultKind result);

}  // namespace ssdgen
