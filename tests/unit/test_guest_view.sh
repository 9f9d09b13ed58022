#!/bin/sh
# test_guest_view.sh FOLDER PROGRAM: with FOLDER's library preloaded /dev/kfd is there, the driver's files in sysfs are those of
# VTHUNK_VIEW, other paths are as before, and lsmod tells of amdgpu.
lib=$1/libvthunk-view.so
bad=0
fail()
{
	echo "$*"
	bad=1
}

LD_PRELOAD=$lib sh -c 'test -c /dev/kfd' || fail "/dev/kfd is no device"
LD_PRELOAD=$lib sh -c 'echo x >/dev/kfd' || fail "/dev/kfd cannot be written"
[ "$(LD_PRELOAD=$lib cat /dev/kfd)" = "" ] || fail "/dev/kfd cannot be read"
LD_PRELOAD=$lib sh -c 'test -e /dev/no-such-file' && fail "other paths are changed"
[ "$(LD_PRELOAD=$lib cat "$0" | cksum)" = "$(cksum <"$0")" ] || fail "files read differently"
PATH=$1/bin:$PATH lsmod | grep -q '^amdgpu ' || fail "lsmod does not tell of amdgpu"
[ "$(PATH=$1/bin:$PATH lsmod | grep -c '^amdgpu ')" = 1 ] || fail "lsmod tells of amdgpu twice"
PATH=$1/bin:$PATH lsmod | head -1 | grep -q '^Module' || fail "lsmod has no heading"

view=$(mktemp -d) || exit 1
trap 'rm -rf "$view"' EXIT
mkdir -p "$view/sys/class/drm" "$view/sys/devices/virtual/kfd/kfd/topology" "$view/sys/class/kfd" "$view/sys/module/amdgpu"
echo live >"$view/sys/module/amdgpu/initstate"
echo 7 >"$view/sys/devices/virtual/kfd/kfd/topology/generation_id"
ln -s ../../devices/virtual/kfd/kfd "$view/sys/class/kfd/kfd"
: >"$view/sys/class/drm/card7"

# seen TEXT COMMAND...: prints TEXT with the view, and something else without
seen()
{
	want=$1
	shift
	got=$(VTHUNK_VIEW=$view LD_PRELOAD=$lib "$@" 2>&1)
	[ "$got" = "$want" ] || fail "$*: \"$got\", not \"$want\""
	[ "$("$@" 2>/dev/null)" != "$want" ] || fail "$*: is the machine's own"
}

seen live cat /sys/module/amdgpu/initstate
seen live cat //sys//module/amdgpu/initstate
seen 7 cat /sys/class/kfd/kfd/topology/generation_id
seen 7 cat /sys/devices/virtual/kfd/kfd/topology/generation_id
seen card7 ls /sys/class/drm
seen card7 ls /sys/class/drm/
seen /sys/class/drm/card7 find /sys/class/drm -type f
seen ../../devices/virtual/kfd/kfd readlink /sys/class/kfd/kfd
seen /sys/devices/virtual/kfd/kfd/topology realpath /sys/class/kfd/kfd/topology
seen directory stat -L -c %F /sys/class/kfd/kfd
seen yes sh -c 'cd /sys/class/drm && test -e card7 && echo yes'
seen yes sh -c 'test -r /sys/module/amdgpu/initstate && echo yes'
if command -v python3 >/dev/null; then
	seen "['card7'] ['card7'] ['/sys/class/drm/card7'] 7 True /sys/devices/virtual/kfd/kfd" python3 -c '
import glob, os
with open("/sys/class/kfd/kfd/topology/generation_id") as f:
    generation = f.read().strip()
print(os.listdir("/sys/class/drm"), [e.name for e in os.scandir("/sys/class/drm")], glob.glob("/sys/class/drm/card*"),
      generation, os.access("/sys/module/amdgpu/initstate", os.R_OK), os.path.realpath("/sys/class/kfd/kfd"))'
fi
VTHUNK_VIEW=$view LD_PRELOAD=$lib "$2" || fail "some functions do not see the view"
"$2" >/dev/null && fail "$2 cannot fail"
# What is not in the view is not there, whatever the machine has, and what only begins like a place is the machine's.
VTHUNK_VIEW=$view LD_PRELOAD=$lib cat /sys/class/drm/version 2>/dev/null && fail "the machine's /sys/class/drm is seen"
[ "$(VTHUNK_VIEW=$view LD_PRELOAD=$lib ls /sys/class)" = "$(ls /sys/class)" ] || fail "/sys/class is changed"
VTHUNK_VIEW=no/absolute/path LD_PRELOAD=$lib cat /sys/module/amdgpu/initstate 2>/dev/null && fail "a relative VTHUNK_VIEW"
exit $bad
