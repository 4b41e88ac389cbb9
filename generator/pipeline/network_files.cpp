#include "pipeline/network_files.h"

#include "emit/folder/folder.h"
#include "plan/names.h"
#include "report/plan_json.h"
#include "support/words.h"

namespace ssdgen {

namespace {

FileRoles roles_of(const Manifest& manifest) {
    FileRoles roles;
    for (const ManifestEntry& entry : manifest.entries()) roles[entry.path] = spell(entry.role);
    return roles;
}

/// As it is seen from a folder ("" or "name/").
EmittedPlan seen_from(const std::string& folder, EmittedPlan plan) {
    for (auto& [name, place] : plan.kernels) place.file.erase(0, folder.size());
    plan.weights.path.erase(0, folder.size());
    return plan;
}

}  // namespace

FileSet network_files(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<std::vector<ExpectedLayer>>& expected,
                      const std::vector<std::optional<WorkedOutput>>& worked, const EmitOptions& options) {
    auto [files, manifest, emitted] = emit_folder(plans, footprints, expected, worked, options);
    if (plans.size() > 1 && !options.single_file)
        for (std::size_t index = 0; index < plans.size(); ++index) {
            const std::string folder = target_folder(plans[index].target);
            const FileRoles own = roles_of(manifest.below(folder));
            files.add(folder + "plan.json", plan_json({plans[index]}, {footprints[index]},
                                                      {seen_from(folder, emitted[index])}, options.inputs, own));
            manifest.add(folder + "plan.json", Role::facts);
        }
    files.add("plan.json", plan_json(plans, footprints, emitted, options.inputs, roles_of(manifest)));
    return files;
}

}  // namespace ssdgen
