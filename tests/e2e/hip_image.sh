#!/bin/sh
# HIP in the cached root file systems (`vthunk image make`): programs that the image's own hipcc builds there, for the GPU
# that it finds by itself, agree with the CPU; in trixie also rocBLAS and hipFFT.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tried=0

# in_image IMAGE WORD COMMAND: a shell's command in the image, with the sources at /mnt.
in_image()
{
	expect 0 "$2" "$vthunk" run --image "$1" --bind "$root:/mnt" -- sh -c "cd /tmp && $3"
}

for image in trixie rocm7; do
	image_has $image usr/bin/hipcc && command -v bwrap >/dev/null || continue
	tried=$((tried + 1))
	for sample in vector_add device_printf scan; do
		in_image $image "PASS" \
			"hipcc -O2 -std=c++17 -I /mnt /mnt/samples/hip/$sample.hip -o program && ./program --quick"
	done
done

[ $tried -gt 0 ] || {
	echo "skipped: there is no root file system in the cache, or no bwrap"
	exit 77
}
if image_has trixie usr/include/rocblas; then
	in_image trixie "hgemm: largest error" "hipcc -O2 /mnt/tests/e2e/gemm.hip -o program -lrocblas && ./program"
fi
if image_has trixie usr/include/hipfft; then
	in_image trixie "128 x 128: largest error" "hipcc -O2 /mnt/tests/e2e/fft.hip -o program -lhipfft && ./program"
fi
done_testing
