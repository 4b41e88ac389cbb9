#include "emit/folder/amalgamation.h"

#include "support/error.h"

namespace ssdgen {

namespace {

/// What stands between the quotes of an #include of ours; empty if the line is none.
std::string included_file(const std::string& line) {
    const std::string start = "#include \"";
    if (line.compare(0, start.size(), start) != 0) return "";
    return line.substr(start.size(), line.rfind('"') - start.size());
}

}  // namespace

void Amalgamation::append(const std::string& path) {
    if (!seen_.insert(path).second) return;
    const auto found = parts_.files().find(path);
    check(found != parts_.files().end(), "a part of a single file exists: " + path);
    const std::string& part = found->second;
    std::size_t start = 0;
    while (start < part.size()) {
        const std::size_t end = std::min(part.find('\n', start), part.size());
        const std::string line = part.substr(start, end - start);
        start = end + 1;
        const std::string included = included_file(line);
        if (!included.empty())
            append_include(path, included, line);
        else if (line != "#pragma once")
            text_ += line + "\n";
    }
    text_ += "\n";
}

void Amalgamation::append_include(const std::string& including, const std::string& included, const std::string& line) {
    if (beside_.count(included)) {
        text_ += line + "\n";
        return;
    }
    // Beside the file that includes it, or counted from the folder.
    const std::string folder = including.substr(0, including.rfind('/') + 1);
    if (parts_.files().count(folder + included)) return append(folder + included);
    if (parts_.files().count(included)) return append(included);
    check(false, "a single file has all parts that it includes: " + line);
}

FileSet amalgamate(const FileSet& parts, const std::string& name, const Manifest& manifest) {
    FileSet files;
    Amalgamation source(parts);
    for (const std::string& path : {name + ".h", name + "_c.h"}) {
        Amalgamation header(parts);
        header.append(path);
        files.add(path, "#pragma once\n\n" + header.text());
        source.stands_beside(path);
    }
    // Those of several targets are part of NAME.h.
    for (const std::string& path : manifest.paths({Role::header}))
        if (path != name + ".h") source.leave_out(path);
    for (const std::string& path : manifest.paths(library_roles)) source.append(path);
    files.add(name + ".cpp", source.text());
    for (const std::string& path : manifest.paths({Role::weights}))
        files.add(path.substr(path.rfind('/') + 1), parts.files().at(path));
    return files;
}

}  // namespace ssdgen
