$header$
#include "$network$_c.h"

#include "$network$.h"
#include "ssd/from_c.h"

#include <new>

static_assert(sizeof($network$::Workspace) <= sizeof($network$_workspace), "the workspace has room");
static_assert(alignof($network$::Workspace) <= alignof($network$_workspace), "and it lies as it has to");

namespace {

$network$::Workspace& own($network$_workspace* workspace) noexcept {
    return *std::launder(reinterpret_cast<$network$::Workspace*>(workspace->memory));
}

/// 0, or the ssd::Error of memory that no workspace can be made of.
int wrong_with(const $network$_workspace* workspace) noexcept {
    return ssd::detail::wrong_with_memory(workspace, alignof($network$::Workspace));
}

}  // namespace

void $network$_init($network$_workspace* workspace) {
    if (wrong_with(workspace) == 0) new (workspace->memory) $network$::Workspace;
}

void $network$_use_threads($network$_workspace* workspace, int threads, void* scratch) {
    if (wrong_with(workspace) == 0) own(workspace).use_threads(threads, static_cast<float*>(scratch));
}

$entries$
