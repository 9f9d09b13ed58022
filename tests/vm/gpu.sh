#!/bin/sh
# ROCm's programs in a guest whose GPU is a renderer's on the host, in each mode: rocminfo sees it, and HIP samples print
# there what they print here without forwarding. Emulated, each takes some 15 s, so they are not all of them; host_memory,
# which shares much of its memory, is for the mode in which QEMU has not crashed over it (docs/vm.md).
. "$(dirname "$0")/../e2e/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
. "$(dirname "$0")/images.sh"
need rocminfo
need_image qemu-trixie qemu-sid kernel-bookworm

[ -x "$build/samples/vector_add" ] || {
	echo "skipped: there are no HIP samples"
	exit 77
}

# The samples that are named, one after the other, and how each ended.
cat >"$tmp/inside" <<'TXT'
cd /tmp || exit 1
for sample in "$@"; do
	echo "== ${sample##*/}"
	timeout 300 "$sample" --quick
	echo "status $?"
done
TXT

# sees_gpu: rocminfo in a guest
sees_gpu()
{
	expect 0 "Marketing Name:          vthunk swgpu (gfx906)" in_guest -- rocminfo
	grep -q "amdgcn-amd-amdhsa--gfx906" "$tmp/out" || fail "$options: no ISA"
}

# has_results_of_host SAMPLE...: in a guest they print what they print here without forwarding
has_results_of_host()
{
	for sample in "$@"; do
		set -- "$@" "$build/samples/$sample"
		shift
	done
	"$vthunk" run --direct -- sh "$tmp/inside" "$@" >"$tmp/host" 2>"$tmp/err" </dev/null
	[ "$(grep -cx PASS "$tmp/host")" -eq $# ] || fail "samples fail here: $(cat "$tmp/host" "$tmp/err")"
	in_guest -- sh "$tmp/inside" "$@" >"$tmp/guest" 2>"$tmp/err" </dev/null ||
		fail "$options: status $? of the samples: $(tail -n 5 "$tmp/err")"
	diff "$tmp/host" "$tmp/guest" >"$tmp/differ" ||
		fail "$options: the samples print something else than here: $(cat "$tmp/differ" "$tmp/err")"
}

options="--mode vhost-user"
sees_gpu
has_results_of_host black_scholes copy_bandwidth device_printf histogram
options="--mode virgl --qemu qemu-trixie --kernel kernel-bookworm"
sees_gpu
options="--mode virgl --qemu qemu-sid"
has_results_of_host vector_add host_memory streams_events
done_testing
