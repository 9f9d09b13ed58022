#!/bin/sh
# OpenCL in the cached root file systems (`vthunk image make`): one platform with one device, the samples agree with the
# CPU and print the same forwarded and direct, and a program of the host gets the GPU through vthunk.icd alone.
. "$(dirname "$0")/lib.sh"
samples=$build/samples/opencl
tried=0

[ -x "$samples/vector_add" ] || {
	echo "skipped: the OpenCL samples are not built"
	exit 77
}

mkdir "$tmp/alone" "$tmp/beside"
echo /usr/lib/vthunk/ocl/libvthunk-opencl.so | tee "$tmp/alone/vthunk.icd" >"$tmp/beside/vthunk.icd"
echo libamdocl64.so >"$tmp/beside/amdocl64.icd"

for image in trixie rocm7; do
	image_has $image usr/bin/clinfo && command -v bwrap >/dev/null || continue
	tried=$((tried + 1))
	expect 0 "Device #0: gfx906" "$vthunk" run --image $image -- clinfo -l
	[ "$(grep -c 'Platform #' "$tmp/out")" = 1 ] || fail "$image: not one platform"
	[ "$(grep -c 'Device #' "$tmp/out")" = 1 ] || fail "$image: not one device"
	# By the registration alone, whatever the environment would do, and beside AMD's.
	for vendors in alone beside; do
		expect 0 "Device #0: gfx906" "$vthunk" run --image $image --bind "$tmp/$vendors:/mnt" -- \
			env -u HSA_ENABLE_DTIF -u LD_LIBRARY_PATH -u LD_PRELOAD OCL_ICD_VENDORS=/mnt clinfo -l
		[ "$(grep -c 'Device #' "$tmp/out")" = 1 ] || fail "$image, $vendors: not one device"
	done
	for sample in vector_add image_filter sub_groups shared_memory event_profiling julia; do
		[ -x "$samples/$sample" ] || continue
		expect 0 "PASS" "$vthunk" run --image $image --bind "$samples:/mnt" -- "/mnt/$sample" --quick --out /tmp/out.png
		cp "$tmp/out" "$tmp/forwarded"
		expect 0 "PASS" "$vthunk" run --direct --image $image --bind "$samples:/mnt" -- "/mnt/$sample" --quick \
			--out /tmp/out.png
		cmp -s "$tmp/out" "$tmp/forwarded" || fail "$image: $sample prints other things directly"
	done
done

# The image's C library, because AMD's runtime there needs it, and nothing else in the environment.
libraries=usr/lib/x86_64-linux-gnu
if image_has trixie $libraries/libamdocl64.so; then
	linker=$image_root/usr/lib64/ld-linux-x86-64.so.2
	libraries=$image_root/$libraries
	renderer
	VTHUNK_SOCKET=$tmp/sock
	OCL_ICD_VENDORS=$build/etc/OpenCL/vendors
	export VTHUNK_SOCKET OCL_ICD_VENDORS
	expect 0 "PASS" "$linker" --library-path "$libraries" "$samples/vector_add" --quick
	# Without the renderer: a line that says so, and no platform.
	VTHUNK_SOCKET=$tmp/none
	expect 1 "no renderer listens at $tmp/none" \
		"$linker" --library-path "$libraries" "$samples/vector_add" --quick
	grep -q "no OpenCL device (0 platforms)" "$tmp/out" || fail "a platform without a device is handed out"
fi
[ $tried -gt 0 ] || {
	echo "skipped: there is no root file system in the cache, or no bwrap"
	exit 77
}
done_testing
