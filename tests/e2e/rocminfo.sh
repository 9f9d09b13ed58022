#!/bin/sh
# rocminfo, unmodified, through a renderer of its own: it lists the software GPU and succeeds.
. "$(dirname "$0")/lib.sh"
need rocminfo

expect 0 "gfx906" "$vthunk" run -- rocminfo
grep -q "Marketing Name: *vthunk swgpu" "$tmp/out" || fail "the GPU has another name"
grep -q "amdgcn-amd-amdhsa--gfx906" "$tmp/out" || fail "no ISA"
grep -q "^System Timestamp Freq.: *1000.000000MHz" "$tmp/out" || fail "no clock frequency"

# Each kind of GPU, and the version that users set because libraries have no code for theirs.
expect 0 "gfx90c" "$vthunk" run --gfx gfx90c -- rocminfo
expect 0 "gfx900" "$vthunk" run --gfx gfx900 -- rocminfo
HSA_OVERRIDE_GFX_VERSION=9.0.0
export HSA_OVERRIDE_GFX_VERSION
expect 0 "amdgcn-amd-amdhsa--gfx900" "$vthunk" run --gfx gfx90c -- rocminfo
HSA_OVERRIDE_GFX_VERSION=nine
expect 8 "HSA_OVERRIDE_GFX_VERSION is not of the form" "$vthunk" run -- rocminfo
unset HSA_OVERRIDE_GFX_VERSION

# The same through one that runs already, twice at the same time.
renderer --gfx gfx900
VTHUNK_SOCKET=$tmp/sock
export VTHUNK_SOCKET
"$vthunk" run -- rocminfo >"$tmp/first" 2>&1 &
first=$!
expect 0 "gfx900" "$vthunk" run -- rocminfo
wait $first || fail "the first of two failed"
cmp -s "$tmp/first" "$tmp/out" || fail "two at once see different GPUs"
eventually "workers are left" no_workers
done_testing
