#!/bin/sh
# vthunk run --image: the container itself, with images made of this system's shell; and every refusal. The images hold
# no ROCm but files with what is looked for in one.
. "$(dirname "$0")/lib.sh"
need bwrap
XDG_CACHE_HOME=$tmp/cache
export XDG_CACHE_HOME
images=$tmp/cache/vthunk/images

# image NAME: a root file system with this system's programs
image()
{
	root=$images/$1
	libs=$root/usr/lib/x86_64-linux-gnu
	mkdir -p "$root/etc" "$root/var/tmp" "$root/home" "$root/usr/bin" "$libs" "$root/usr/lib64" "$root/usr/lib/vthunk"
	for link in bin lib lib64; do ln -s usr/$link "$root/$link"; done
	for program in sh env cat ls true touch mkdir id pwd; do
		file=/bin/$program
		cp -L "$file" "$root/usr/bin/$program"
		ldd "$file" "$build/lib/vthunk/swgpu/libhsakmt.so.1" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]][[:space:]]*\(\/[^ ]*\).*/\1/p'
	done | sort -u | while read -r lib; do
		mkdir -p "$root$(dirname "$lib")"
		cp -L "$lib" "$root$lib"
	done
	echo "$1" >"$root/etc/name"
}

# runtime VERSION STRING...: a libhsa-runtime64.so.1 of that version in $libs, with these strings
runtime()
{
	real=libhsa-runtime64.so.1.$1.0
	shift
	printf '\177ELF\0' >"$libs/$real"
	for string in "$@"; do printf '%s\0' "$string" >>"$libs/$real"; done
	ln -sf "$real" "$libs/libhsa-runtime64.so.1"
}

image good
runtime 13 libhsakmt.so.1 hsaKmtOpenKFD hsaKmtGetVersion "hsaKmtCreateQueue failed"

# What stands in the way.
refused 'there is no image "woody"' "$vthunk" run --image woody -- true
refused "image $tmp/none: No such file" "$vthunk" run --image "$tmp/none" -- true
refused "not a folder" "$vthunk" run --image "$images/good/etc/name" -- true
refused "it needs --image" "$vthunk" run --bind /tmp -- true
refused "absolute paths are wanted" "$vthunk" run --image good --bind here -- true
refused "absolute paths are wanted" "$vthunk" run --image good --bind /a:b -- true
refused "for the device swgpu alone" "$vthunk" run --direct --device kfd --image good -- true

image bare
refused "no ROCm in it" "$vthunk" run --image bare -- true
ln -s /etc/passwd "$libs/libhsa-runtime64.so.1"
refused "no ROCm in it" "$vthunk" run --image bare -- true
rm "$libs/libhsa-runtime64.so.1"
: >"$libs/libhsa-runtime64.so.1"
refused "libhsa-runtime64.so.1 of the image: Exec format error" "$vthunk" run --image bare -- true
rm "$libs/libhsa-runtime64.so.1"
runtime 15 hsaKmtOpenKFD amdgpu_device_initialize
refused "has the thunk linked in" "$vthunk" run --image bare -- true
runtime 14 libhsakmt.so.1 hsaKmtOpenKFD hsaKmtFoldSpace
refused "wants hsaKmtFoldSpace, which is newer than this vthunk" "$vthunk" run --image bare -- true
runtime 19 HSA_ENABLE_DTIF hsaKmtOpenKFD
refused "is version 1.19, newer than this vthunk" "$vthunk" run --image bare -- true
rm "$libs"/libhsa-runtime64.*
printf '\177ELF\0HSA_ENABLE_DTIF\0' >"$libs/libhsa-runtime64.so.1"
refused "does not say its version" "$vthunk" run --image bare -- true
rm "$libs/libhsa-runtime64.so.1"
ln -s libhsa-runtime64.so.1 "$libs/libhsa-runtime64.so.1"
refused "libhsa-runtime64.so.1 of the image: Too many levels" "$vthunk" run --image bare -- true
runtime 13 libhsakmt.so.1 hsaKmtOpenKFD
printf 'libOpenCL.so.1' >"$root/usr/bin/clprogram"
chmod +x "$root/usr/bin/clprogram"
refused "no libamdocl64.so in it" "$vthunk" run --image bare -- clprogram
refused "no libamdocl64.so in it" "$vthunk" run --image bare -- /bin/clprogram
rm -r "$root/usr/lib/vthunk"
ln -s /tmp "$root/usr/lib/vthunk"
refused "has no folder /usr/lib/vthunk" "$vthunk" run --image bare -- true

mkdir "$tmp/empty"
refused "there is no bwrap" env PATH="$tmp/empty" "$vthunk" run --image good -- true
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
	refused "user namespaces are forbidden here" unshare -Ur \
		sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$0" run --image good -- true' "$vthunk"
fi

# What is in a container, and what becomes of its command.
expect 0 "good" "$vthunk" run --image good -- cat /etc/name
expect 0 "good" "$vthunk" run --direct --image "$images/good" -- cat /etc/name
expect 3 "" "$vthunk" run --image good -- sh -c 'exit 3'
expect 127 "no-such-command" "$vthunk" run --image good -- no-such-command
expect 126 "/etc/name" "$vthunk" run --image good -- /etc/name
expect 137 "" "$vthunk" run --image good -- sh -c 'kill -KILL $$'
expect 0 "0" "$vthunk" run --image good -- id -u
expect 0 "/root" "$vthunk" run --image good -- pwd
expect 0 "no process of the command used the GPU" "$vthunk" run --stats --image good -- true
expect 0 "" "$vthunk" run --image good -- sh -c 'cd /home && touch /tmp/a ~/a a /run/a && ! touch /etc/a /usr/a /a /usr/lib/vthunk/a'
expect 0 "" "$vthunk" run --image good -- sh -c 'cd /home && [ ! -e a ] && [ -S /run/vthunk/sock ] && [ ! -e /etc/passwd ]'
[ ! -e "$images/good/etc/a" ] || fail "the image was written to"
SECRET=1 HSA_ENABLE_SDMA=0 "$vthunk" run --image good -- env >"$tmp/env"
for line in HSA_ENABLE_SDMA=0 HOME=/root VTHUNK_SOCKET=/run/vthunk/sock LD_LIBRARY_PATH=/usr/lib/vthunk/guest; do
	grep -qxF "$line" "$tmp/env" || fail "the container has no $line"
done
! grep -q "SECRET\|XDG_\|DTIF" "$tmp/env" || fail "the container has variables of the host's"

# Of registrations of OpenCL drivers those of the image, whatever its links say.
mkdir -p "$tmp/vendors" "$images/good/opt/vendors" "$images/good/etc/OpenCL"
echo /host.so >"$tmp/vendors/host.icd"
echo /image.so >"$images/good/opt/vendors/image.icd"
ln -s "$tmp/vendors/host.icd" "$images/good/opt/vendors/link.icd"
ln -s "$tmp/vendors" "$images/good/etc/OpenCL/vendors"
expect 0 "" "$vthunk" run --image good -- sh -c 'ls /run/vthunk/vendors | cat'
! grep -q host.icd "$tmp/out" || fail "a folder of the host's is in the container"
rm "$images/good/etc/OpenCL/vendors"
ln -s /opt/vendors "$images/good/etc/OpenCL/vendors"
if [ -e "$build/lib/vthunk/ocl/libvthunk-opencl.so" ]; then
	expect 0 "image.icd" "$vthunk" run --image good -- ls /run/vthunk/vendors
	! grep -q link.icd "$tmp/out" || fail "a link was followed out of the image"
fi

# Folders of the host: only those asked for, at any place, and the current one if it is in one.
mkdir -p "$tmp/work/below"
expect 0 "a" "$vthunk" run --image good --bind "$tmp/work:/data" -- sh -c 'touch /data/a && ls /data'
[ -e "$tmp/work/a" ] || fail "--bind: what was written is not there"
expect 0 "/data/below" sh -c 'cd "$1/work/below" && exec "$0" run --image good --bind "$1/work:/data" -- pwd' "$vthunk" "$tmp"
expect 0 "below" "$vthunk" run --image good --bind "$tmp/work" -- ls "$tmp/work"
[ -z "$(find "$tmp" -maxdepth 1 -name 'vthunk-*')" ] || fail "folders are left"

# ROCm 7: the runtime is told to read libdtif.so's table.
if [ -e "$build/lib/vthunk/guest/libdtif.so" ]; then
	image seven
	runtime 18 HSA_ENABLE_DTIF hsaKmtOpenKFD hsaKmtNotInAnyTable
	expect 0 "HSA_ENABLE_DTIF=1" "$vthunk" run --image seven -- env
fi

# As a user without rights.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp"
	mkdir -m 777 "$tmp/run"
	expect 0 "good" env XDG_RUNTIME_DIR="$tmp/run" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$vthunk" run --image good -- cat /etc/name
fi
done_testing
