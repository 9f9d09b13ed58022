#!/bin/sh
# vthunk vm: what it refuses, each with one line, and what vm args prints.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/fake.sh"
need python3 depmod busybox bwrap
XDG_CACHE_HOME=$tmp/cache
export XDG_CACHE_HOME

refused "vthunk vm run or args" "$vthunk" vm
refused "vthunk vm run or args" "$vthunk" vm start
refused "no command to run" "$vthunk" vm run
refused "vm args takes no \"true\"" "$vthunk" vm args true
refused "vm run starts a renderer of its own" "$vthunk" vm run --socket /x -- true
refused "--mode vfio: vhost-user or virgl" "$vthunk" vm run --mode vfio -- true
refused "--accel xen: kvm or tcg" "$vthunk" vm run --accel xen -- true
for size in x 1X 0 -1 1M 5000T 12G7 '' 99999999999999999999G; do
	refused "--memory $size: a size is wanted" "$vthunk" vm run --memory "$size" -- true
	refused "--hostmem $size: a size is wanted" "$vthunk" vm run --hostmem "$size" -- true
done
refused "--hostmem 3G: a power of two" "$vthunk" vm args --hostmem 3G

# Which QEMU.
refused "no QEMU for the mode vhost-user: make one with vthunk image make qemu-sid" "$vthunk" vm run -- true
refused "no QEMU for the mode virgl: make one with vthunk image make qemu-trixie" "$vthunk" vm run --mode virgl -- true
refused 'there is no image "none"' "$vthunk" vm run --qemu none -- true
refused "QEMU $tmp/none: No such file" "$vthunk" vm run --qemu "$tmp/none" -- true
mkdir -p "$tmp/cache/vthunk/images/empty"
refused "image empty: no QEMU in it" "$vthunk" vm run --qemu empty -- true
VT_FAKE=old
export VT_FAKE
refused "has no vhost-user-test-device-pci: QEMU from 11.1 on" "$vthunk" vm run --qemu "$fake_qemu" -- true
refused "has no virtio-gpu-gl-pci with hostmem and venus" "$vthunk" vm run --mode virgl --qemu "$fake_qemu" -- true
VT_FAKE=
printf '#!/bin/sh\necho "not today" >&2\nexit 1\n' >"$tmp/broken"
chmod +x "$tmp/broken"
refused "does not run: not today" "$vthunk" vm run --qemu "$tmp/broken" -- true

# Which kernel.
fake_kernel good
fake_kernel bare
rm -r "$tmp/bare/lib"
fake_kernel poor
sed -i /9pnet/d "$tmp/poor/lib/modules/0.0-poor/modules.builtin"
depmod -b "$tmp/poor" 0.0-poor
run="$vthunk vm run --qemu $fake_qemu"
refused "kernel $tmp/none: No such file" $run --kernel "$tmp/none" -- true
refused "kernel /bin/sh: not a kernel for x86" $run --kernel /bin/sh -- true
refused "there are no modules of 0.0-bare" $run --kernel "$tmp/bare/boot/vmlinuz" -- true
refused "the kernel 0.0-poor has no module 9pnet_virtio" $run --kernel "$tmp/poor/boot/vmlinuz" -- true
refused "image empty: no kernel in it" $run --kernel empty -- true
refused 'there is no image "none"' $run --kernel "$tmp/good/boot/vmlinuz" --image none -- true

# What the guest begins with.
mkdir "$tmp/bin"
for program in sh dirname rm mkdir cp chmod ldd env; do ln -s "$(command -v $program)" "$tmp/bin/$program"; done
printf '#!/bin/sh\nPATH=%s exec python3 "$@"\n' "$PATH" >"$tmp/bin/python3"
chmod +x "$tmp/bin/python3"
refused "there is no busybox for the guest" env PATH="$tmp/bin" $run --kernel "$tmp/good/boot/vmlinuz" -- true
ln -s /bin/sh "$tmp/bin/busybox"
refused "is linked dynamically" env PATH="$tmp/bin" $run --kernel "$tmp/good/boot/vmlinuz" -- true

# The options of a machine of one's own.
expect 0 "" "$vthunk" vm args --memory 4G --socket "/run/my gpu,1"
cat >"$tmp/want" <<'TXT'
# before QEMU: vthunkd --hostmem 8192M --vhost-user '/run/my gpu,1'
-m 4096M
-object memory-backend-memfd,id=vthunk-memory,size=4096M,share=on
-machine memory-backend=vthunk-memory
-chardev 'socket,id=vthunk-gpu,path=/run/my gpu,,1'
-device vhost-user-test-device-pci,chardev=vthunk-gpu,virtio-id=16,num_vqs=2,vq_size=256,config_size=16
TXT
cmp "$tmp/want" "$tmp/out" || fail "vm args: $(cat "$tmp/out")"
expect 0 "virtio-gpu-gl-pci,blob=on,hostmem=4096M,venus=on" "$vthunk" vm args --mode virgl --hostmem 4G
grep -qF "VTHUNK_SOCKET=$XDG_RUNTIME_DIR" "$tmp/out" || fail "vm args --mode virgl: no environment"
expect 0 "usage: vthunk vm run" "$vthunk" vm --help
[ -z "$(ls "$XDG_RUNTIME_DIR" | grep '^vthunk-')" ] || fail "folders are left: $(ls "$XDG_RUNTIME_DIR")"
done_testing
