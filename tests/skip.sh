#!/bin/sh
# How a test that is a script is skipped, as tests/tools/skip.h has it for the programs: said, listed for ./run test, with
# status 77; under SSDGEN_TEST_STRICT status 1, unless what is missing may lack there.
#
#     skip.sh TEST WHAT [--may-lack]
set -eu
echo "skipped: $1: $2 is missing"
[ -z "${SSDGEN_SKIPPED_LIST-}" ] || printf 'skipped\t%s\t%s\t%s\n' "$1" "$1" "$2" >>"$SSDGEN_SKIPPED_LIST"
if [ -n "${SSDGEN_TEST_STRICT-}" ] && [ "${3-}" != --may-lack ]; then
    echo "under SSDGEN_TEST_STRICT this has to be here" >&2
    exit 1
fi
exit 77
