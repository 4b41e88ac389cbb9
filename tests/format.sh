#!/bin/sh
# Are the sources of generator/ and tests/ as .clang-format has them? With clang-format 14, which Debian 12 has: others
# break lines elsewhere. Skipped without it. With --fix the files are changed.
set -eu
cd "$(dirname "$0")/.."

formatter=
for name in clang-format-14 clang-format; do
    if command -v "$name" >/dev/null && "$name" --version | grep -q 'version 14\.'; then
        formatter=$name
        break
    fi
done
if [ -z "$formatter" ]; then
    exec tests/skip.sh format "clang-format 14 (Debian: clang-format-14)"
fi
check="--dry-run -Werror"
[ "${1-}" != --fix ] || check=-i
# shellcheck disable=SC2086  # words
find generator tests \( -name '*.cpp' -o -name '*.h' \) -exec "$formatter" --style=file $check {} + || {
    echo "tests/format.sh --fix formats them" >&2
    exit 1
}
