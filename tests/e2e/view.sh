#!/bin/sh
# What tools find outside the thunk: the topology of the renderer's GPU, for the time of the run, on the host and in those
# root file systems that are cached (`vthunk image make`).
. "$(dirname "$0")/lib.sh"
topology=/sys/class/kfd/kfd/topology

gpu="$topology/nodes/1"
expect 0 "gfx_target_version 90006" "$vthunk" run -- cat $gpu/properties
grep -qx "vendor_id 4098" "$tmp/out" || fail "not AMD's"
grep -qx "wave_front_size 64" "$tmp/out" || fail "the wavefront's size"
grep -qx "num_xcc 1" "$tmp/out" || fail "the number of XCCs"
expect 0 "gfx_target_version 90000" "$vthunk" run --gfx gfx900 -- cat $gpu/properties
expect 0 "gfx_target_version 90012" "$vthunk" run --direct --gfx gfx90c -- cat $gpu/properties
expect 0 "gfx_target_version 0" "$vthunk" run -- cat $topology/nodes/0/properties
expect 0 "" "$vthunk" run -- sh -c "test \$(cat $topology/nodes/0/gpu_id) = 0 && test \$(cat $gpu/gpu_id) != 0"
expect 0 "live" "$vthunk" run -- cat /sys/module/amdgpu/initstate
expect 0 "0x1002" "$vthunk" run -- cat /sys/class/drm/card0/device/vendor
# As many folders as the node says, and nothing is left behind.
expect 0 "" "$vthunk" run -- sh -c "
	for kind in mem_banks caches io_links; do
		said=\$(sed -n \"s/^\${kind}_count //p\" $gpu/properties)
		[ \"\$(ls $gpu/\$kind | wc -l)\" = \"\$said\" ] || { echo \"\$kind: not \$said\"; exit 1; }
	done"
expect 0 "" "$vthunk" run -- sh -c "echo \$VTHUNK_VIEW >$tmp/where; test -d \$VTHUNK_VIEW/sys"
[ ! -e "$(cat "$tmp/where")" ] || fail "$(cat "$tmp/where") is left"

if command -v rocm_agent_enumerator >/dev/null && command -v python3 >/dev/null; then
	expect 0 "gfx906" "$vthunk" run -- rocm_agent_enumerator
	expect 0 "gfx900" "$vthunk" run --gfx gfx900 -- rocm_agent_enumerator
fi

for image in trixie rocm7; do
	image_has $image usr/bin/rocminfo && command -v bwrap >/dev/null || continue
	expect 0 "amdgcn-amd-amdhsa--gfx906" "$vthunk" run --image $image -- rocminfo
	expect 0 "gfx906" "$vthunk" run --image $image -- rocm_agent_enumerator
	image_has $image usr/bin/rocm-smi || continue
	expect 0 "0x66a1" "$vthunk" run --image $image -- rocm-smi
	expect 0 "GPU[0]" "$vthunk" run --image $image -- rocm-smi --showmeminfo vram
done
done_testing
