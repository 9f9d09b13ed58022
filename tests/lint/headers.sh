#!/bin/sh
# headers.sh ROOT: each header compiles alone, first thing in a file, without a warning. Samples and benchmarks are C++.
set -u
. "$(dirname "$0")/files.sh"
root=$(cd "$1" && pwd) || exit 2
cd "$root" || exit 2

hsakmt=$(pkg-config --cflags libhsakmt libdrm_amdgpu 2>/dev/null)
export hsakmt
lint_files . '*.h' | grep -v -e '^samples/' -e '^tests/bench/' | xargs -r -n 1 -P 2 sh -c '
	printf "#include \"%s\"\n" "$1" |
		gcc -std=c11 -D_GNU_SOURCE -DVT_TEST_PLAIN=1 -DVT_VERSION=\"0\" -I. $hsakmt -fsyntax-only -Wall -Wextra \
			-Wundef -Wno-unused-function -Werror -x c - || {
		echo "$1: does not compile alone"
		exit 1
	}' sh || exit 1
