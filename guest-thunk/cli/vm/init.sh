#!/bin/busybox sh
# init.sh: the first program of a guest of vthunk vm run. Loads the modules, mounts the host's root below an overlay in
# memory, and goes on with guest.sh in it. On the port called vthunk.control it tells the host what became of it: "up",
# "exit STATUS", "fail TEXT".
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /host /memory /new
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec </dev/null >/dev/console 2>&1

# port NAME: the device of that port
port()
{
	for at in /sys/class/virtio-ports/*; do
		[ "$(cat "$at/name" 2>/dev/null)" = "vthunk.$1" ] && echo "/dev/${at##*/}" && return
	done
}

give_up()
{
	echo "vthunk: $*"
	[ -z "$control" ] || echo "fail $*" >"$control"
	sleep 1
	poweroff -f
}

control=
while read -r module; do
	insmod "/modules/$module" || give_up "the kernel does not load $module"
done </modules/order

# Ports get their names when the kernel has talked to the host.
tries=0
while [ -z "$(port stderr)" ]; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || give_up "there are no ports to the host"
	usleep 50000
done
control=$(port control)
ports="$(port stdin) $(port stdout) $(port stderr)"

mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 root /host ||
	give_up "cannot mount the host's root"
mount -t tmpfs -o mode=755 memory /memory && mkdir /memory/upper /memory/work &&
	mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work root /new ||
	give_up "cannot mount an overlay over the host's root"
for folder in dev proc sys run; do
	[ -d "/new/$folder" ] || mkdir "/new/$folder"
done
mount -t tmpfs -o mode=755 run /new/run && mkdir -p /new/run/vthunk/bin || give_up "cannot mount /run"
cp /bin/busybox /guest.sh /command /new/run/vthunk
for folder in dev proc sys; do
	mount --move "/$folder" "/new/$folder"
done
exec switch_root /new /run/vthunk/busybox sh /run/vthunk/guest.sh "$control" $ports
