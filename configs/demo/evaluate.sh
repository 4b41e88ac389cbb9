#!/bin/sh
# The mean average precision of all networks here, in float and in 8 bits, by emitted code. Renders the 1,000 held-out pictures if FOLDER
# is not there.
#
#     configs/demo/evaluate.sh [FOLDER]     default: build/demo/held_out
set -eu
demo=$(dirname "$0")
build=$demo/../../build
held_out=${1:-$build/demo/held_out}

[ -d "$held_out" ] || "$demo/pictures.py" "$held_out" --seed 2 --count 1000
for weights in "$demo"/emoji_voc_*.safetensors; do
    name=$(basename "$weights" .safetensors)
    network=$build/demo/$name
    # shellcheck disable=SC2046  # options
    "$build/ssdgen" generate "$demo/emoji_voc.json" --weights "$weights" --no-selftest --out "$network" \
        $(echo "$name" | awk -F _ '{printf "--alpha %g --rho %.7f", $3 / 100, $4 / 300}') >"$network.log"
    cmake -S "$network" -B "$network/build" -DCMAKE_BUILD_TYPE=Release >>"$network.log"
    cmake --build "$network/build" --parallel --target emoji_voc_detect >>"$network.log"
    echo "$name: $("$network/build/emoji_voc_detect" "$held_out" --truth "$held_out/truth.txt" | grep '^mean average')"
done
