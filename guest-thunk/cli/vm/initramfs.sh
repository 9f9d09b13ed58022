#!/bin/sh
# initramfs.sh MODULES VERSION FOLDER: makes FOLDER/initramfs, with which a guest of vthunk vm run begins: busybox, the
# modules that the kernel VERSION needs (below MODULES/lib/modules), init.sh and guest.sh of this script's folder, and
# FOLDER/command. Each failure is one line.
set -u
modules=$1 version=$2 folder=$3
here=$(dirname "$0")
tree=$folder/initramfs.tree
PATH=$PATH:/usr/sbin:/sbin

die()
{
	printf 'vthunk: %s\n' "$*" >&2
	rm -rf "$tree"
	exit 125
}

# add_module FILE: unpacked, since busybox loads no other in the guest
add_module()
{
	name=${1##*/}
	case $name in
	*.xz) name=${name%.xz} && "$busybox" xzcat "$1" >"$tree/modules/$name" ;;
	*.zst) name=${name%.zst} && zstd -qdc "$1" >"$tree/modules/$name" ;;
	*.gz) name=${name%.gz} && "$busybox" zcat "$1" >"$tree/modules/$name" ;;
	*) cp "$1" "$tree/modules/$name" ;;
	esac || die "cannot unpack the module $1"
	echo "$name" >>"$tree/modules/order"
}

# What MODULE needs comes before it; what is built in needs nothing.
list_modules()
{
	for module in virtio_pci virtio_console virtio_gpu 9pnet_virtio 9p overlay; do
		modprobe -C /dev/null -d "$modules" -S "$version" --show-depends "$module" 2>/dev/null ||
			echo "absent $module"
	done
}

trap 'rm -rf "$tree"; exit 125' HUP INT TERM
busybox=$(command -v busybox) || die "there is no busybox for the guest (Debian: apt install busybox-static)"
ldd "$busybox" >/dev/null 2>&1 &&
	die "$busybox is linked dynamically and will not run in an empty guest (Debian: apt install busybox-static)"
command -v modprobe >/dev/null || die "there is no modprobe, which knows what the guest's modules need (Debian: apt install kmod)"

mkdir -p "$tree/bin" "$tree/modules" && cp "$busybox" "$tree/bin/busybox" && cp "$here/guest.sh" "$folder/command" "$tree" &&
	cp "$here/init.sh" "$tree/init" && chmod 755 "$tree/init" || die "cannot write to $folder"
list_modules >"$tree/modules/list"
: >"$tree/modules/order"
while read -r how what _; do
	case $how in
	insmod) grep -qxF -e "$(basename "${what%.[xg]z}" .zst)" "$tree/modules/order" || add_module "$what" ;;
	absent) die "the kernel $version has no module $what in $modules/lib/modules, which the guest needs" ;;
	esac
done <"$tree/modules/list"
rm -f "$tree/modules/list"
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) >"$folder/initramfs" && [ -s "$folder/initramfs" ] ||
	die "cannot write $folder/initramfs"
rm -rf "$tree"
