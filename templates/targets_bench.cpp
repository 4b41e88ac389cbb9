// Times the network $network$ as this machine's target.
#include "$network$.h"

$declarations$

int main(int argc, char** argv) {
    using namespace $network$;
    $calls$
}
