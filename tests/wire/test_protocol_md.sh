#!/bin/sh
# test_protocol_md.sh PROGRAM ROOT: the tables of docs/protocol.md are those that PROGRAM makes of op.def and err.def.
made=$("$1") || exit 1
found=$(sed -n '/^<!-- made of /,/^<!-- end -->/p' "$2/docs/protocol.md")
[ -n "$made" ] && [ "$made" = "$found" ] && exit 0
echo "docs/protocol.md has other tables than $1 prints; put those between the marks:"
echo "$made"
exit 1
