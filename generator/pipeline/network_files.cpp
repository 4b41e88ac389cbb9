#include "pipeline/network_files.h"

#include "emit/folder/folder.h"
#include "plan/names.h"
#include "report/plan_json.h"
#include "support/words.h"

namespace ssdgen {

namespace {

/// Of the files below a folder ("" or "name/"), the paths from there.
FileRoles roles_below(const std::string& folder, const Manifest& manifest) {
    FileRoles roles;
    for (const ManifestEntry& entry : manifest.entries())
        if (entry.path.rfind(folder, 0) == 0) roles[entry.path.substr(folder.size())] = spell(entry.role);
    return roles;
}

}  // namespace

FileSet network_files(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<std::vector<ExpectedLayer>>& expected, const EmitOptions& options) {
    auto [files, manifest] = emit_folder(plans, footprints, expected, options);
    if (plans.size() > 1 && !options.single_file)
        for (std::size_t index = 0; index < plans.size(); ++index) {
            const std::string folder = target_folder(plans[index].target);
            const FileRoles own = roles_below(folder, manifest);
            files.add(folder + "plan.json", plan_json({plans[index]}, {footprints[index]}, own));
            manifest.add(folder + "plan.json", Role::facts);
        }
    files.add("plan.json", plan_json(plans, footprints, roles_below("", manifest)));
    return files;
}

}  // namespace ssdgen
