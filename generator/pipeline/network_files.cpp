#include "pipeline/network_files.h"

#include "emit/folder/folder.h"
#include "report/plan_json.h"

namespace ssdgen {

FileSet network_files(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<std::vector<ExpectedLayer>>& expected, const EmitOptions& options) {
    FileSet files = emit_folder(plans, footprints, expected, options).files;
    files.add("plan.json", plan_json(plans, footprints));
    if (plans.size() == 1 || options.single_file) return files;
    for (std::size_t index = 0; index < plans.size(); ++index)
        files.add(target_folder(plans[index].target) + "plan.json", plan_json({plans[index]}, {footprints[index]}));
    return files;
}

}  // namespace ssdgen
