$header$
// Each target is a network of its own, in a folder of its own; here one of them is chosen.
#include "$network$.h"

#include <new>

namespace $network$ {

bool runs_here(Target target) noexcept {
    $setup$
    switch (target) {
        $tests$
    }
    return true;
}

namespace {

Target ask() noexcept {
    $choices$
}

// 1 + the target, written by the start of the program alone. 0: not yet, if another file's start calls us first. It is then asked
// and gets the answer that everybody gets: a Workspace made before main and used afterwards has to be of one target.
const int chosen = 1 + static_cast<int>(ask());

}  // namespace

Target target() noexcept { return chosen != 0 ? static_cast<Target>(chosen - 1) : ask(); }

Workspace::Workspace() noexcept {
    $make_workspace$
}

void Workspace::use_threads(int count, float* memory) noexcept {
    $use_threads$
}

$entries$

}  // namespace $network$
