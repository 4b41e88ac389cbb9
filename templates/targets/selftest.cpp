// The self-tests of all targets that this machine runs.
#include <cstdio>

#include "$network$.h"

$declarations$

int main() {
    int wrong = 0;
    $calls$
    return wrong;
}
