#!/bin/sh
# Sudden death on either side: the program ends with an error within a second when its worker is killed, and leaves
# nothing when it is killed itself.
. "$(dirname "$0")/lib.sh"
need "$hip/endless" "$hip/vadd"
renderer
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
ulimit -c 0

# start MODE: runs the endless program until it says that it works
start()
{
	rm -f "$tmp/says"
	"$vthunk" run -- "$hip/endless" "$1" >"$tmp/says" 2>"$tmp/errors" &
	program=$!
	eventually "endless $1 does not start" grep -q running "$tmp/says"
}

# The last one has no thread that waits for errors of the GPU.
for mode in launch kernel block polling; do
	if [ $mode = polling ]; then
		HSA_ENABLE_INTERRUPT=0
		export HSA_ENABLE_INTERRUPT
	fi
	start $mode
	sleep 0.2
	worker=$(workers)
	began=$(now_ms)
	kill -KILL $worker
	wait $program
	status=$?
	took=$(($(now_ms) - began))
	[ $status -ne 0 ] || fail "$mode: killed worker: the program succeeds"
	[ $took -lt 1000 ] || fail "$mode: killed worker: the program ends after $took ms"
	grep -q "the renderer has gone" "$tmp/errors" || fail "$mode: nothing is said about the renderer"
done
unset HSA_ENABLE_INTERRUPT

# Another program is served as before.
expect 0 "sum ok" "$vthunk" run -- "$hip/vadd"

for mode in launch kernel; do
	start $mode
	sleep 0.2
	kill -KILL $program
	wait $program 2>/dev/null
	eventually "$mode: killed program: its worker stays" no_workers
done
[ "$(find /proc/$renderer/fd -lname '/memfd:*' | wc -l)" -eq 0 ] || fail "the renderer holds memory"
expect 0 "sum ok" "$vthunk" run -- "$hip/vadd"
eventually "a program that ended: its worker stays" no_workers
done_testing
