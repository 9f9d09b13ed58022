#!/bin/sh
# Every function of every library with arguments that make no sense; see nonsense.c.
. "$(dirname "$0")/lib.sh"
renderer
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
for library in guest/libhsakmt.so.1 guest/libdtif.so swgpu/libhsakmt.so.1 swgpu/libdtif.so; do
	expect 0 "still serves" "$build/tests/e2e_nonsense" "$build/lib/vthunk/$library"
done
eventually "workers are left" no_workers
done_testing
