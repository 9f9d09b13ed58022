#!/bin/sh
# What a program's mistakes on the GPU become: the runtime's own reports.
. "$(dirname "$0")/lib.sh"
need "$hip/faults" "$hip/vadd"
ulimit -c 0
expect 134 "Memory access fault by GPU node-1" "$vthunk" run -- "$hip/faults" unmapped
grep -q "on address 0xdeadbeef000" "$tmp/out" || fail "the fault's address is not told"
expect 134 "HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION" "$vthunk" run -- "$hip/faults" illegal
grep -q "illegal instruction .*ffffffff" "$tmp/out" || fail "the instruction is not named in the log"
expect 134 "hipErrorNoBinaryForGpu" "$vthunk" run --gfx gfx900 -- "$hip/vadd"
expect 0 "heap ok" "$vthunk" run -- "$hip/faults" heap
expect 0 "fork ok" "$vthunk" run -- "$hip/faults" fork
done_testing
