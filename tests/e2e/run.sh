#!/bin/sh
# vthunk run and info with real renderers: exit statuses, bad devices, sockets in use or without a renderer, and that
# nothing is left behind.
. "$(dirname "$0")/lib.sh"

nothing_left()
{
	[ -z "$(find "$tmp" /tmp -maxdepth 1 -user "$(id -u)" -name 'vthunk-*' -newer "$tmp/start" 2>/dev/null)" ] ||
		fail "$1: a folder is left"
}
touch "$tmp/start"

expect 0 "" "$vthunk" run -- true
expect 3 "" "$vthunk" run -- sh -c 'exit 3'
expect 137 "" "$vthunk" run -- sh -c 'kill -KILL $$'
expect 127 "no-such-command" "$vthunk" run -- no-such-command
expect 0 "no process of the command used the GPU" "$vthunk" run --stats -- true
nothing_left "after commands"
# The command's own programs are found without PATH, and our libraries from any folder.
expect 0 "" env -u PATH "$vthunk" run --direct -- true
expect 0 "" sh -c 'cd "$1" && exec "$0" run --direct --device ./libhsakmt.so.1 -- sh -c "cd / && exec /bin/true"' \
	"$vthunk" "$build/lib/vthunk/swgpu"
[ ! -s "$tmp/out" ] || fail "a relative --device: $(head -n 1 "$tmp/out")"

expect 125 "gfx999" "$vthunk" run --gfx gfx999 -- true
expect 125 "did not start" "$vthunk" run --device nothing -- true
expect 125 "$tmp/libhsakmt.so.1" "$vthunk" run --device "$tmp/libhsakmt.so.1" -- true
libc=$(ldd "$vthunk" | sed -n 's/.*=> \(.*libc\.so\.6\).*/\1/p')
expect 125 "$libc" "$vthunk" run --device "$libc" -- true
nothing_left "after renderers that did not start"

expect 125 "start one with: vthunkd --socket $tmp/sock" "$vthunk" run --socket "$tmp/sock" -- true
renderer --gfx gfx900
expect 1 "sock" "$vthunkd" --socket "$tmp/sock"
expect 0 "gfx900" "$vthunk" info --socket "$tmp/sock"
expect 0 "ok" sh -c 'cd "$1" && exec "$0" run --socket sock -- sh -c "cd / && exec $2/tests/e2e_thunk calls"' \
	"$vthunk" "$tmp" "$build"
expect 0 '"gfx": "gfx900"' "$vthunk" info --json --socket "$tmp/sock"
grep -q '"renderer_version"' "$tmp/out" || fail "info has no version"
grep -q '"protocol_version": "2\.' "$tmp/out" || fail "info has no protocol version"

# One that runs at the user's socket is found without being named.
ln -s "$tmp/sock" "$tmp/vthunk.sock"
expect 0 "gfx900" "$vthunk" info
expect 0 "gfx906" "$vthunk" info --gfx gfx906

# A terminated vthunk ends its renderer.
"$vthunk" run --device swgpu -- sh -c 'touch "$0"; exec sleep 60' "$tmp/started" &
pid=$!
eventually "the command does not start" test -e "$tmp/started"
mine=$(children $pid)
kill -TERM $pid
wait $pid
status=$?
[ $status -eq 143 ] || fail "a terminated command: status $status"
for child in $mine; do
	[ ! -e "/proc/$child" ] || fail "process $child is left"
done
nothing_left "after a termination"

kill -TERM $renderer
wait $renderer
[ ! -e "$tmp/sock" ] || fail "the renderer leaves its socket"
renderer=
done_testing
