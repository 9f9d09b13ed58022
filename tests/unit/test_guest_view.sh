#!/bin/sh
# test_guest_view.sh FOLDER: with FOLDER's library preloaded /dev/kfd is there, other paths are as before, and lsmod
# tells of amdgpu.
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
exit $bad
