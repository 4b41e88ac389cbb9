#include "pipeline/network_files.h"

#include "emit/folder/folder.h"
#include "report/plan_json.h"

namespace ssdgen {

FileSet network_files(const std::vector<Plan>& plans, const std::vector<std::vector<ExpectedLayer>>& expected,
                      const EmitOptions& options) {
    FileSet files = emit_folder(plans, expected, options);
    files.add("plan.json", plan_json(plans));
    if (plans.size() == 1 || options.single_file) return files;
    for (const Plan& plan : plans) files.add(target_folder(plan.target) + "plan.json", plan_json({plan}));
    return files;
}

}  // namespace ssdgen
