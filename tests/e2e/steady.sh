#!/bin/sh
# A program in its steady state forwards nothing: ten thousand launches and a thousand copies need as many calls as a
# hundred and ten. The runtime's pool of signals grows with the commands that are under way at the same time; on a busy
# machine that may happen after the warm-up, once or twice, so there are three tries.
. "$(dirname "$0")/lib.sh"
steady=$build/bench/steady
need "$steady"

# calls LAUNCHES COPIES
calls()
{
	rm -f "$tmp/stats"
	VTHUNK_STATS=$tmp/stats "$vthunk" run -- "$steady" --launches "$1" --copies "$2" >"$tmp/out" 2>&1 || fail "steady $1 $2: $(cat "$tmp/out")"
	sed -n 's/.*"total_calls":\([0-9]*\).*/\1/p' "$tmp/stats"
}

for try in 1 2 3; do
	few=$(calls 100 10)
	many=$(calls 10000 1000)
	[ -n "$few" ] || fail "no statistics"
	[ "$few" != "$many" ] || break
done
[ "$few" = "$many" ] || fail "100 launches and 10 copies: $few calls; 10000 and 1000: $many"
expect 0 "mem_alloc" "$vthunk" run --stats -- "$steady" --launches 10 --copies 10
done_testing
