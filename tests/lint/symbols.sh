#!/bin/sh
# symbols.sh ROOT BUILD: the two libhsakmt.so.1 of the build tree have that SONAME and export exactly the names of
# AMD's library (thunk 5.2) in version node HSAKMT_1; swgpu's has hsaKmtExportDMABufHandle of thunk 6 too.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd) || exit 2
build=$2
bad=0
seen=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# check FOLDER [EXTRA NAME...]
check()
{
	lib="$build/lib/vthunk/$1/libhsakmt.so.1"
	shift
	[ -e "$lib" ] || return 0
	seen=$((seen + 1))
	{
		echo HSAKMT_1
		sed 's/$/@@HSAKMT_1/' "$here/hsakmt-5.2.names"
		for name in "$@"; do
			echo "$name@@HSAKMT_1"
		done
	} | LC_ALL=C sort >"$tmp/want"
	nm -D --defined-only --with-symbol-versions "$lib" >"$tmp/nm" || bad=1
	awk '{ print $NF }' "$tmp/nm" | LC_ALL=C sort >"$tmp/have"
	if ! diff "$tmp/want" "$tmp/have" >"$tmp/diff"; then
		sed -n "s|^< |$lib: missing: |p; s|^> |$lib: must not be exported: |p" "$tmp/diff"
		bad=1
	fi
	if ! objdump -p "$lib" | grep -q 'SONAME *libhsakmt\.so\.1$'; then
		echo "$lib: SONAME is not libhsakmt.so.1"
		bad=1
	fi
}

[ -d "$root" ] || exit 2
check guest
check swgpu hsaKmtExportDMABufHandle
if [ $seen -lt 2 ] && [ $bad -eq 0 ]; then
	echo "skipped: $seen of the 2 libraries are in $build"
	exit 77
fi
exit $bad
