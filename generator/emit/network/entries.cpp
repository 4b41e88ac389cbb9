#include "emit/network/entries.h"

#include "emit/print/wrap.h"
#include "plan/names.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

// --- The table.

/// {network}: the network's name.
struct ParameterRow {
    const char* name;
    const char* type;  // in C++, with the space that it needs before a name
    const char* default_value;
    const char* c_type;
    const char* from_c;   // what C's argument is in C++
    const char* c_check;  // 0, or what is wrong with C's argument; "": nothing of its own
};

ParameterRow row_of(ParameterKind kind) {
    switch (kind) {
        case ParameterKind::picture: return {"image", "const std::uint8_t* ", "", "const uint8_t* ", "image", ""};
        case ParameterKind::boxes: return {"boxes", "float* ", "", "float* ", "boxes", ""};
        case ParameterKind::logits: return {"logits", "float* ", "", "float* ", "logits", ""};
        case ParameterKind::made_boxes: return {"boxes", "const float* ", "", "const float* ", "boxes", ""};
        case ParameterKind::made_logits: return {"logits", "const float* ", "", "const float* ", "logits", ""};
        case ParameterKind::workspace:
            return {"workspace", "Workspace& ", "", "{network}_workspace* ", "own(workspace)", "wrong_with(workspace)"};
        case ParameterKind::image:
            return {"image",
                    "const ssd::Image& ",
                    "",
                    "const ssd_image* ",
                    "from_c(*image)",
                    "ssd::detail::wrong_with(image)"};
        case ParameterKind::detections: return {"out", "ssd::Detection* ", "", "ssd_detection* ", "from_c(out)", ""};
        case ParameterKind::classifications:
            return {"out", "ssd::Classification* ", "", "ssd_classification* ", "from_c(out)", ""};
        case ParameterKind::capacity: return {"capacity", "int ", "", "int ", "capacity", ""};
        case ParameterKind::options:
            return {"options",         "const ssd::DetectOptions& ",      "{}", "const ssd_detect_options* ",
                    "from_c(options)", "ssd::detail::wrong_with(options)"};
        case ParameterKind::executor:
            return {"executor", "const ssd::Executor& ", "ssd::serial", "const ssd_executor* ", "from_c(executor)", ""};
        case ParameterKind::file: return {"file", "const void* ", "", "const void* ", "file", ""};
        case ParameterKind::file_size: return {"size", "std::size_t ", "", "size_t ", "size", ""};
        case ParameterKind::observer: return {"observer", "const Observer& ", "", "", "", ""};
        case ParameterKind::observe: return {"observe", "const Observe& ", "", "", "", ""};
    }
    throw InternalError("internal error: broken invariant: every parameter has its row");
}

const char* type_of(ResultKind result) {
    switch (result) {
        case ResultKind::nothing: return "void ";
        case ResultKind::number: return "int ";
        case ResultKind::text: return "const char* ";
    }
    throw InternalError("internal error: broken invariant: every result has its type");
}

std::vector<Entry> detector_entries() {
    using Kind = ParameterKind;
    return {
        {"forward",
         ResultKind::nothing,
         {Kind::picture, Kind::boxes, Kind::logits, Kind::workspace, Kind::executor},
         "Picture bytes [{input_height}][{input_width}][{input_channels}] in the order of {input_format} -> raw "
         "outputs boxes [{priors}][4] (box encodings) and logits [{priors}][{classes}] (before softmax or sigmoid). "
         "Does nothing where {detect} would return an error, and where a pointer is null."},
        {"detect",
         ResultKind::number,
         {Kind::image, Kind::workspace, Kind::detections, Kind::capacity, Kind::options, Kind::executor},
         "Finds objects in a picture of any size: resizes it, runs the network, decodes, suppresses. Writes at most "
         "`capacity` detections to out, in the order of the network's post-processing (beyond capacity the lowest "
         "scores drop), and returns their number; or a negative {error} where the call is wrong, whose text "
         "{error_text} gives."},
        {"post_process",
         ResultKind::number,
         {Kind::made_boxes, Kind::made_logits, Kind::workspace, Kind::detections, Kind::capacity, Kind::options},
         "The last part of {detect} alone: from raw outputs, as {forward} gives them, to detections. The same "
         "number or error."}};
}

std::vector<Entry> classifier_entries() {
    using Kind = ParameterKind;
    return {{"forward",
             ResultKind::nothing,
             {Kind::picture, Kind::logits, Kind::workspace, Kind::executor},
             "Picture bytes [{input_height}][{input_width}][{input_channels}] in the order of {input_format} -> logits "
             "[{classes}], before any softmax or sigmoid. Does nothing where {classify} would return an error, and "
             "where a pointer is null."},
            {"classify",
             ResultKind::number,
             {Kind::image, Kind::workspace, Kind::classifications, Kind::capacity, Kind::executor},
             "Classifies a picture of any size: resizes it, runs the network, turns logits into scores. Writes the "
             "best `capacity` classes to out, best first, and returns their number (0 if the scores are not finite); "
             "or a negative {error} where the call is wrong, whose text {error_text} gives."},
            {"scores",
             ResultKind::nothing,
             {Kind::logits},
             "The last part of {classify} alone: logits [{classes}] -> scores [{classes}], in place."}};
}

Entry weights_file_entry() {
    return {"weights_file",
            ResultKind::text,
            {},
            "The weights file that this machine's target reads, one of {network}_TARGET_weights.bin.",
            true};
}

Entry use_weights_entry() {
    return {"use_weights",
            ResultKind::text,
            {ParameterKind::workspace, ParameterKind::file, ParameterKind::file_size},
            "Hands the weights to a workspace: the bytes of {weights}, aligned to 4 bytes (64 is fastest), which have "
            "to live as long as the workspace is used. {null} if they are right; otherwise what is wrong, and the "
            "workspace has none: then a picture gives {no_weights}, and {forward} does nothing."};
}

// --- What the faces have in common.

/// A text with each {word} replaced by word_of("word").
template <class WordOf>
std::string fill_words(const std::string& text, const WordOf& word_of) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('{', at), text.size());
        result.append(text, at, open - at);
        if (open == text.size()) break;
        const std::size_t close = text.find('}', open);
        check(close != std::string::npos, "a word's bracket is closed");
        result += word_of(text.substr(open + 1, close - open - 1));
        at = close + 1;
    }
    return result;
}

bool is_constant(const std::string& word) {
    return word == "priors" || word == "classes" || word.rfind("input_", 0) == 0;
}

std::string cpp_word(const Interface& interface, const std::string& word) {
    if (word == "error") return "ssd::Error";
    if (word == "error_text") return "ssd::error_text";
    if (word == "no_weights") return "ssd::Error::no_weights";
    if (word == "null") return "nullptr";
    if (word == "network") return interface.name;
    if (word == "weights") return interface.several_targets ? "weights_file()" : interface.name + "_weights.bin";
    return word;
}

std::string c_word(const Interface& interface, const std::string& word) {
    if (word == "error") return "ssd_error";
    if (word == "error_text") return "ssd_error_text";
    if (word == "no_weights") return "SSD_ERROR_NO_WEIGHTS";
    if (word == "null") return "NULL";
    if (word == "network") return interface.name;
    if (word == "weights") return interface.name + (interface.several_targets ? "_weights_file()" : "_weights.bin");
    return is_constant(word) ? macro_name(interface.name + "_" + word) : interface.name + "_" + word;
}

std::string in_c(const Interface& interface, const char* text) {
    return fill_words(text, [&](const std::string& word) { return c_word(interface, word); });
}

std::vector<std::string> parameters_of(const Entry& entry, bool defaults) {
    std::vector<std::string> parameters;
    for (const ParameterKind kind : entry.parameters) {
        const ParameterRow row = row_of(kind);
        const bool has_default = defaults && *row.default_value != '\0';
        parameters.push_back(std::string(row.type) + row.name +
                             (has_default ? std::string(" = ") + row.default_value : ""));
    }
    return parameters;
}

// --- C.

std::string print_c_signature(const Interface& interface, const Entry& entry, const std::string& before,
                              const std::string& after) {
    std::vector<std::string> parameters;
    for (const ParameterKind kind : entry.parameters)
        parameters.push_back(in_c(interface, row_of(kind).c_type) + row_of(kind).name);
    if (parameters.empty()) parameters.push_back("void");
    return print_call(before + type_of(entry.result) + interface.name + "_" + entry.name, parameters, after);
}

/// What is asked before the network is called: of the workspace last, as C++'s functions do.
std::vector<std::string> c_checks(const Entry& entry) {
    std::vector<std::string> checks, of_workspace;
    for (const ParameterKind kind : entry.parameters)
        if (const char* text = row_of(kind).c_check; *text != '\0')
            (kind == ParameterKind::workspace ? of_workspace : checks).push_back(text);
    checks.insert(checks.end(), of_workspace.begin(), of_workspace.end());
    return checks;
}

const char* print_wrong_result(ResultKind result) {
    switch (result) {
        case ResultKind::nothing: return "return;";
        case ResultKind::number: return "return wrong;";
        case ResultKind::text: return "return ssd::error_text(wrong);";
    }
    throw InternalError("internal error: broken invariant: every result says what is wrong");
}

std::string print_c_body(const Interface& interface, const Entry& entry) {
    std::vector<std::string> arguments;
    bool converts = false;
    for (const ParameterKind kind : entry.parameters) {
        arguments.push_back(row_of(kind).from_c);
        converts = converts || arguments.back().rfind("from_c", 0) == 0;
    }
    std::string body;
    if (converts) body += "using ssd::detail::from_c;\n";
    if (const std::vector<std::string> checks = c_checks(entry); !checks.empty())
        body += (checks.size() == 1 ? "const int wrong = " + checks[0] + ";"
                                    : print_call("const int wrong = ssd::detail::first_wrong", checks, ";", 4)) +
                "\nif (wrong != 0) " + print_wrong_result(entry.result) + "\n";
    const std::string call = entry.result == ResultKind::nothing ? "" : "return ";
    return indented(body + print_call(call + interface.name + "::" + entry.name, arguments, ";", 4) + "\n", 4);
}

}  // namespace

std::vector<Entry> entries_of(const Interface& interface) {
    std::vector<Entry> entries = interface.head ? detector_entries() : classifier_entries();
    if (interface.weights_form != WeightsForm::file) return entries;
    if (interface.several_targets) entries.push_back(weights_file_entry());
    entries.push_back(use_weights_entry());
    return entries;
}

Entry find_entry(const std::vector<Entry>& entries, const std::string& name) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
    check(found != entries.end(), "the interface has a function " + name);
    return *found;
}

Entry observed_entry(const Entry& forward) {
    Entry entry = forward;
    entry.name = "forward_observed";
    entry.result = ResultKind::number;
    entry.parameters.push_back(ParameterKind::observer);
    return entry;
}

std::string print_signature(const Entry& entry) { return print_signature(entry, type_of(entry.result) + entry.name); }

std::string print_signature(const Entry& entry, const std::string& result_and_name) {
    return print_call(result_and_name, parameters_of(entry, false), " noexcept");
}

std::string print_declarations(const Interface& interface) {
    std::string text;
    for (const Entry& entry : entries_of(interface)) {
        const auto word_of = [&](const std::string& word) { return cpp_word(interface, word); };
        text += (text.empty() ? "" : "\n") + print_comment("/// ", fill_words(entry.text, word_of));
        text += print_call(std::string("SSD_API ") + type_of(entry.result) + entry.name, parameters_of(entry, true),
                           " noexcept;") +
                "\n";
    }
    return text;
}

std::string print_c_declarations(const Interface& interface) {
    std::string text;
    for (const Entry& entry : entries_of(interface))
        text += (text.empty() ? "" : "\n") + print_comment("/// ", in_c(interface, entry.text.c_str())) +
                print_c_signature(interface, entry, "SSD_API ", ";") + "\n";
    return text;
}

std::string print_c_definitions(const Interface& interface) {
    std::string text;
    for (const Entry& entry : entries_of(interface))
        text += (text.empty() ? "" : "\n") + print_c_signature(interface, entry, "", " {") + "\n" +
                print_c_body(interface, entry) + "}\n";
    return text;
}

std::vector<std::string> forwarded_arguments(const Entry& entry, const std::string& workspace) {
    std::vector<std::string> arguments;
    for (const ParameterKind kind : entry.parameters)
        arguments.push_back(kind == ParameterKind::workspace ? workspace : row_of(kind).name);
    return arguments;
}

const char* print_no_result(ResultKind result) {
    switch (result) {
        case ResultKind::nothing: return "";
        case ResultKind::number: return "return 0;\n";
        case ResultKind::text: return "return nullptr;\n";
    }
    throw InternalError("internal error: broken invariant: every result has one for nothing");
}

}  // namespace ssdgen
