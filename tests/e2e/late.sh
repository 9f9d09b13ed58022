#!/bin/sh
# The calls of later thunks, forwarded and directly on swgpu; see late.c.
. "$(dirname "$0")/lib.sh"
renderer
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
for layout in 6 7; do
	for library in guest swgpu; do
		expect 0 "ok" env LD_LIBRARY_PATH="$build/lib/vthunk/$library:$build/tests/drm" \
			"$build/tests/e2e_late_$layout"
	done
done
eventually "workers are left" no_workers
done_testing
