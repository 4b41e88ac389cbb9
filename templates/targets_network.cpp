$header$
// Each target is a network of its own, in a folder of its own; here one of them is chosen.
#include "$network$.h"

#include <new>

namespace $network$ {

bool runs_here(Target target) noexcept {
    switch (target) {
        $tests$
    }
    return true;
}

Target target() noexcept {
    $choices$
}

Workspace::Workspace() noexcept {
    $make_workspace$
}

void Workspace::use_threads(int count, float* memory) noexcept {
    $use_threads$
}

$entries$

}  // namespace $network$
