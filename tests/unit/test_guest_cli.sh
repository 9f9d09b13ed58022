#!/bin/sh
# test_guest_cli.sh VTHUNK: what vthunk says to wrong command lines, and its exit statuses.
vthunk=$1
bad=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
unset VTHUNK_SOCKET
XDG_RUNTIME_DIR=$tmp
export XDG_RUNTIME_DIR

# expect STATUS TEXT ARGUMENT...: that exit status, and TEXT on either output
expect()
{
	want=$1
	text=$2
	shift 2
	"$vthunk" "$@" >"$tmp/out" 2>&1 </dev/null
	status=$?
	if [ $status -ne "$want" ] || { [ -n "$text" ] && ! grep -qF -e "$text" "$tmp/out"; }; then
		echo "vthunk $*: status $status, wanted $want with \"$text\":"
		cat "$tmp/out"
		bad=1
	fi
}

expect 0 "vthunk run" --help
expect 0 "vthunk " --version
expect 0 "--direct" run --help
expect 0 "--json" info --help
expect 125 "usage:"
expect 125 "there is no \"fly\"" fly
expect 125 "no command to run" run
expect 125 "unrecognized option '--bogus'" run --bogus
expect 125 "requires an argument" run --device
expect 125 "not both" run --socket /x --device swgpu -- true
expect 125 "not both" run --socket /x --direct -- true
expect 125 "not both" info --socket /x --gfx gfx900
expect 125 "takes no \"more\"" info more
expect 125 "no renderer listens at $tmp/none" run --socket "$tmp/none" -- true
expect 125 "vthunkd --socket $tmp/none" info --socket "$tmp/none"
expect 125 "File name too long" run --socket "$(printf '%0120d' 0)" -- true
expect 125 "there is no device \"nope\"" run --direct --device nope -- true
expect 125 "No such file" run --direct --device "$tmp/libhsakmt.so.1" -- true

# --direct with the system's own library changes nothing, so that the command's status can be seen alone
expect 0 "" run --direct --device kfd -- true
expect 1 "" run --direct --device kfd -- false
expect 7 "" run --direct --device kfd -- sh -c 'exit 7'
expect 7 "nothing was forwarded" run --direct --stats --device kfd -- sh -c 'exit 7'
expect 143 "" run --direct --stats --device kfd -- sh -c 'kill -TERM $$'
expect 127 "no-such-command: No such file" run --direct --device kfd -- no-such-command
expect 127 "no-such-command: No such file" run --direct --stats --device kfd -- no-such-command
expect 126 "Permission denied" run --direct --device kfd -- "$tmp/out"
expect 0 "a b" run --direct --device kfd echo a b

# a signal to vthunk goes to the command
"$vthunk" run --direct --stats --device kfd -- sh -c 'trap "exit 9" TERM; touch "$0"; while :; do sleep 0.05; done' \
	"$tmp/ready" 2>/dev/null &
pid=$!
while [ ! -e "$tmp/ready" ]; do sleep 0.05; done
kill -TERM $pid
wait $pid
status=$?
if [ $status -ne 9 ]; then
	echo "a TERM for vthunk did not reach the command: status $status"
	bad=1
fi
[ -z "$(find "$tmp" -name 'vthunk-*')" ] || {
	echo "folders are left"
	bad=1
}
exit $bad
