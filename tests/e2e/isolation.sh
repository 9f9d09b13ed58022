#!/bin/sh
# Two clients at once: what one has in its memory the other does not see, neither at the same address nor in what it is
# given; and their work goes on side by side.
. "$(dirname "$0")/lib.sh"
need "$hip/secret" "$hip/vadd"
renderer
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
ulimit -c 0

mkfifo "$tmp/go"
"$vthunk" run -- "$hip/secret" keep "$tmp/go" >"$tmp/keeper" 2>&1 &
keeper=$!
eventually "the keeper does not start" grep -q '^at ' "$tmp/keeper"
address=$(sed -n 's/^at //p' "$tmp/keeper")

# The address of the other's memory: not mapped, or memory of its own; never the secret.
"$vthunk" run -- "$hip/secret" read "$address" >"$tmp/out" 2>&1
status=$?
grep -q "secret found" "$tmp/out" && fail "another client's memory can be read"
grep -q "nothing there\|Memory access fault" "$tmp/out" || fail "reading another's address: status $status: $(tail -1 "$tmp/out")"
expect 0 "all zero" "$vthunk" run -- "$hip/secret" search
expect 0 "sum ok" "$vthunk" run -- "$hip/vadd"
echo go >"$tmp/go"
wait $keeper || fail "the keeper lost its secret: $(tail -1 "$tmp/keeper")"
# What the keeper has given back is clean, too.
expect 0 "all zero" "$vthunk" run -- "$hip/secret" search
done_testing
