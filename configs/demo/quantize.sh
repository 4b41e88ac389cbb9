#!/bin/sh
# Makes the networks' 8-bit forms, emoji_voc_ALPHA_SIZE_int8.safetensors, with the pictures in calibration/ and the default options.
#
#     configs/demo/quantize.sh [SSDGEN [FOLDER]]     default: build/ssdgen, and this folder
set -eu
demo=$(dirname "$0")
ssdgen=${1:-$demo/../../build/ssdgen} folder=${2:-$demo}

for weights in "$demo"/emoji_voc_[0-9][0-9][0-9]_[0-9][0-9][0-9].safetensors; do
    name=$(basename "$weights" .safetensors)
    # shellcheck disable=SC2046  # options
    "$ssdgen" quantize "$demo/emoji_voc.json" --weights "$weights" --pictures "$demo/calibration" \
        --out-weights "$folder/${name}_int8.safetensors" \
        $(echo "$name" | awk -F _ '{printf "--alpha %g --rho %.7f", $3 / 100, $4 / 300}')
done
