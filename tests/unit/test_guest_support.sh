#!/bin/sh
# test_guest_support.sh PROGRAM ROOT: docs/support.md is what PROGRAM makes of entry.def.
"$1" | diff -u "$2/docs/support.md" - || {
	echo "the cure: $1 >docs/support.md"
	exit 1
}
