#!/bin/sh
# Do the READMEs hold what they promise? README.md fits its reader (180 lines of 110 columns), generator/README.md has at
# most 120 lines and shows the rooms as CMake has them, and every path that a README names in backticks exists.
set -eu
cd "$(dirname "$0")/.."
status=0

complain() {
    echo "$*" >&2
    status=1
}

# at_most FILE LINES COLUMNS
at_most() {
    [ "$(wc -l <"$1")" -le "$2" ] || complain "$1 has more than $2 lines"
    [ "$(wc -L <"$1")" -le "$3" ] || complain "$1 has lines of more than $3 columns"
}
at_most README.md 180 110
at_most generator/README.md 120 400
generator/rooms.sh --check || status=1

# Paths in backticks: from the top, or beside the README, or in its table of rooms. A blank, a *, a capital letter or a
# brace makes it no path.
for document in README.md generator/README.md generator/cli/README.md configs/README.md tests/bench/README.md; do
    folder=$(dirname "$document")
    grep -o '`[a-z0-9_./-]*/[a-z0-9_./-]*`' "$document" | tr -d '`' | sort -u | while read -r path; do
        case $path in
        */) [ "${path%/*}" = "${path%%/*}" ] && continue ;; # a folder in the folder that the sentence is about
        esac
        case $path in
        generated/* | sweep/* | build/* | yours/* | ssd/* | conv* | ../*) continue ;; # made, or in an emitted folder
        esac
        [ -e "$path" ] || [ -e "$folder/$path" ] || echo "$document names $path, which is not there"
    done
done | {
    missing=$(cat)
    [ -z "$missing" ] || {
        echo "$missing" >&2
        exit 1
    }
} || status=1
exit $status
