$header$
#include "$network$_expected.h"

namespace $network$ {

namespace {

$values$

}  // namespace

const ExpectedLayer expected[$layer_count$] = {
    $layers$
};

const ExpectedWeights expected_weights[$layer_count$] = {
    $weights$
};

}  // namespace $network$
