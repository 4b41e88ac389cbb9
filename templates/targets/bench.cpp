// Times the network $network$ as this machine's target.
#include "$network$.h"

$declarations$

namespace $network$ {

namespace {

int bench_of_target(int argc, char** argv) {
    $calls$
}

}  // namespace

}  // namespace $network$

int main(int argc, char** argv) { return $network$::bench_of_target(argc, argv); }
