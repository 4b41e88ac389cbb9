// The network that most cases are made from: nothing is wrong with it.
#include "cases.h"

using namespace ssdgen::test;

TEST_CASE("The network that the cases vary is imported, generated and exported without a warning") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_done(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
        "--out-weights t.safetensors");
    tiny.check_done("generate t.json --weights t.safetensors --target portable --out t --warnings-as-errors");
    CHECK(tiny.has("t/plan.json"));
    tiny.check_done(
        "--warnings-as-errors export t.json --weights t.safetensors --prototxt again.prototxt --caffemodel "
        "again.caffemodel");
}
