#!/bin/sh
# symbols.sh ROOT BUILD: the two libhsakmt.so.1 of the build tree have that SONAME and export exactly the names of
# AMD's libraries (thunks 5.2 and 6.2.4) and those of libdrm that the runtime calls, all in version node HSAKMT_1, swgpu's
# one of our own besides; the two libdtif.so, where they are, export exactly what libhsa-runtime64 7.2.4 looks up there, without versions;
# libvirglrenderer.so.1 what QEMU 11.1 and libkrun link with and the rest of exports.def, and its mark.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd) || exit 2
build=$2
bad=0
seen=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# check LIBRARY SONAME-PATTERN: it exports what is in $tmp/want.
check()
{
	lib=$1
	seen=$((seen + 1))
	nm -D --defined-only --with-symbol-versions "$lib" >"$tmp/nm" || bad=1
	awk '{ print $NF }' "$tmp/nm" | LC_ALL=C sort >"$tmp/have"
	if ! diff "$tmp/want" "$tmp/have" >"$tmp/diff"; then
		sed -n "s|^< |$lib: missing: |p; s|^> |$lib: must not be exported: |p" "$tmp/diff"
		bad=1
	fi
	if ! objdump -p "$lib" | grep -q "SONAME *$2\$"; then
		echo "$lib: SONAME is not $(basename "$lib")"
		bad=1
	fi
}

[ -d "$root" ] || exit 2
{
	echo HSAKMT_1
	cat "$here/hsakmt-5.2.names" "$here/hsakmt-6.2.4.names" "$here/libdrm-6.2.4.names" | sed 's/$/@@HSAKMT_1/'
} | LC_ALL=C sort -u >"$tmp/want"
for folder in guest swgpu; do
	lib="$build/lib/vthunk/$folder/libhsakmt.so.1"
	# proto/abi/signals.h
	[ $folder = guest ] || { echo vthunkTellSignals@@HSAKMT_1 && cat "$tmp/want"; } | LC_ALL=C sort -o "$tmp/want"
	[ ! -e "$lib" ] || check "$lib" 'libhsakmt\.so\.1'
done
LC_ALL=C sort "$here/dtif-7.2.4.names" >"$tmp/want"
for folder in guest swgpu; do
	lib="$build/lib/vthunk/$folder/libdtif.so"
	[ ! -e "$lib" ] || check "$lib" 'libdtif\.so'
done
lib="$build/lib/vthunk/virgl/libvirglrenderer.so.1"
if [ -e "$lib" ]; then
	{
		echo vthunk_virgl
		grep -oE 'virgl_[a-z0-9_]+, \(' "$root/host-renderer/transport/virgl/exports.def" | sed 's/,.*//'
	} | LC_ALL=C sort >"$tmp/want"
	LC_ALL=C comm -23 "$here/virgl-1.3.0.names" "$tmp/want" | sed 's/^/exports.def lacks /' >"$tmp/lacking"
	[ ! -s "$tmp/lacking" ] || bad=1
	cat "$tmp/lacking"
	check "$lib" 'libvirglrenderer\.so\.1'
fi
if [ $seen -lt 2 ] && [ $bad -eq 0 ]; then
	echo "skipped: $seen of the 2 libraries are in $build"
	exit 77
fi
exit $bad
