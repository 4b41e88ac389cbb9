#!/bin/sh
# The rooms and the arrows between them, as generator/CMakeLists.txt has them, in Markdown.
#
#     generator/rooms.sh            prints them
#     generator/rooms.sh --fix      puts them into generator/README.md, between its marks
#     generator/rooms.sh --check    status 1 if that has others
set -eu
cd "$(dirname "$0")"

rooms() {
    sed -n 's/^ssdgen_room(\([a-z]*\) *\([a-z ]*\)) *# \(.*\)$/\1;\2;\3/p' CMakeLists.txt
}

print() {
    echo '| room | what is in it | uses |'
    echo '|---|---|---|'
    rooms | while IFS=';' read -r room uses about; do
        echo "| \`$room\` | $about | $(echo "$uses" | sed 's/ /, /g') |"
    done
    echo
    echo '```mermaid'
    echo 'flowchart BT'
    rooms | while IFS=';' read -r room uses about; do
        # names apart from the words of the language, of which "graph" is one
        for used in $uses; do echo "    r_$room[\"$room\"] --> r_$used[\"$used\"]"; done
    done
    echo '```'
}

# README.md with the part between its marks made anew
renewed() {
    sed '/^<!-- rooms -->$/q' README.md
    print
    sed -n '/^<!-- end of rooms -->$/,$p' README.md
}

case ${1-} in
'') print ;;
--fix)
    renewed >README.md.new
    mv README.md.new README.md
    ;;
--check)
    renewed | diff -u README.md - || {
        echo "generator/README.md shows other rooms than generator/CMakeLists.txt: generator/rooms.sh --fix" >&2
        exit 1
    }
    ;;
*)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
