# fake.sh: a kernel and a QEMU for tests of vthunk vm that boot nothing. Sourced after tests/e2e/lib.sh; gives
#
#   fake_kernel NAME   makes $tmp/NAME/boot/vmlinuz: what vthunk looks at of a kernel whose modules are all built in
#   $fake_qemu         a program that plays QEMU as the variable VT_FAKE says: fake_qemu.py
#   played NAME OPTION... -- COMMAND   what runs it in the mode virgl

PATH=$PATH:/usr/sbin:/sbin
fake_qemu=$(realpath "$(dirname "$0")/fake_qemu.py")

fake_kernel()
{
	root=$tmp/$1
	modules=$root/lib/modules/0.0-$1
	mkdir -p "$root/boot" "$modules"
	# The setup header: HdrS at 0x202, at 0x20e where the version is, from 0x200 on.
	{
		dd if=/dev/zero bs=514 count=1 2>/dev/null
		printf 'HdrS\0\0\0\0\0\0\0\0\100\0'
		dd if=/dev/zero bs=48 count=1 2>/dev/null
		printf '0.0-%s (nobody)\0' "$1"
	} >"$root/boot/vmlinuz"
	for module in virtio/virtio_pci char/virtio_console gpu/virtio-gpu net/9pnet_virtio fs/9p fs/overlay; do
		echo "kernel/$module.ko"
	done >"$modules/modules.builtin"
	: >"$modules/modules.order"
	: >"$modules/modules.builtin.modinfo"
	depmod -b "$root" "0.0-$1"
}

played()
{
	VT_FAKE=$1
	export VT_FAKE
	shift
	"$vthunk" vm run --mode virgl --accel tcg --qemu "$fake_qemu" --kernel "$tmp/good/boot/vmlinuz" "$@"
}
