$header$
#include "$network$_c.h"

#include "$network$.h"
#include "ssd/from_c.h"

#include <new>

static_assert(sizeof($network$::Workspace) <= sizeof($network$_workspace) && alignof($network$::Workspace) <= alignof($network$_workspace),
              "the workspace has room");

namespace {

$network$::Workspace& own($network$_workspace* workspace) noexcept {
    return *std::launder(reinterpret_cast<$network$::Workspace*>(workspace->memory));
}

}  // namespace

void $network$_init($network$_workspace* workspace) {
    new (workspace->memory) $network$::Workspace;
}

void $network$_use_threads($network$_workspace* workspace, int threads, void* scratch) {
    own(workspace).use_threads(threads, static_cast<float*>(scratch));
}

$weights_entry$

$entries$
