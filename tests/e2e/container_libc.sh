#!/bin/sh
# The libraries that are loaded on other systems want no C library newer than GLIBC_2.18, and load with that of Debian 11
# (2.31, made here of its packages) and of Debian 13, if that image is there: every symbol is bound at once.
here=$(dirname "$0")
. "$here/lib.sh"
need objdump
libraries="guest/libhsakmt.so.1 guest/libdtif.so swgpu/libhsakmt.so.1 swgpu/libdtif.so view/libvthunk-view.so ocl/libvthunk-opencl.so"

for library in $libraries; do
	newest=$(objdump -T "$build/lib/vthunk/$library" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
	newer=$(printf '%s\nGLIBC_2.18\n' "$newest" | sort -V | tail -n 1)
	[ "$newer" = GLIBC_2.18 ] || fail "$library wants $newest"
	other=$(objdump -p "$build/lib/vthunk/$library" | awk '$1 == "NEEDED" && $2 !~ /^lib(c|m|dl|pthread)\.so/ { print $2 }')
	[ -z "$other" ] || fail "$library needs $other"
done

# loads ROOT NAME
loads()
{
	for library in $libraries; do
		bwrap --unshare-user --ro-bind "$1" / --dev /dev --proc /proc --tmpfs /tmp --ro-bind "$build/lib/vthunk" /tmp/v \
			--setenv LD_BIND_NOW 1 --setenv LD_PRELOAD "/tmp/v/$library" /bin/true >"$tmp/out" 2>&1 && [ ! -s "$tmp/out" ] || {
			fail "$library does not load on $2"
			cat "$tmp/out"
		}
	done
}

if ! command -v bwrap >/dev/null || ! command -v mmdebstrap >/dev/null || [ "$(id -u)" -ne 0 ]; then
	echo "loading not tested: it takes bwrap, mmdebstrap and root"
	done_testing
fi
! image_has trixie usr || loads "$image_root" "Debian 13"
if mmdebstrap --mode=root --variant=extract --include=base-files,libc6,coreutils bullseye "$tmp/old" \
	"$(apt-get indextargets --format 'deb $(REPO_URI) bullseye main' 'Created-By: Packages' | grep '/debian/* bullseye' |
		head -n 1)" >"$tmp/log" 2>&1; then
	loads "$tmp/old" "Debian 11"
else
	echo "loading on Debian 11 not tested: its packages cannot be had: $(grep '^E:' "$tmp/log" | head -n 1)"
fi
done_testing
