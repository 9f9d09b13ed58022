#!/bin/sh
# The library without a runtime above it; see thunk.c.
. "$(dirname "$0")/lib.sh"
renderer
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
for test in calls memory events user fork twice; do
	expect 0 "ok" "$build/tests/e2e_thunk" $test
done
eventually "workers are left" no_workers

# The renderer goes away and comes back.
"$build/tests/e2e_thunk" reconnect >"$tmp/says" 2>"$tmp/errors" &
program=$!
eventually "reconnect does not start" grep -q opened "$tmp/says"
kill -KILL $(workers)
wait $program || fail "reconnect: $(cat "$tmp/says" "$tmp/errors")"
grep -q "the renderer has gone" "$tmp/errors" || fail "nothing is said about the renderer"

# A renderer of another version, played by the test.
expect 0 "ok" "$build/tests/e2e_thunk" version "$tmp/other"
done_testing
