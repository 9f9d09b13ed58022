#!/bin/sh
# vthunk vm run's side of a guest: input, output, exit status, signals, and every way in which a guest can go wrong. A
# program plays QEMU and the guest.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/fake.sh"
need python3 depmod busybox
fake_kernel good

# What a run leaves if it does not end well: its QEMU, its folder.
qemu_runs()
{
	pgrep -f "python3 $fake_qemu.*$tmp/.*initramfs"
}

nothing_left()
{
	! qemu_runs && ! ls "$XDG_RUNTIME_DIR" | grep '^vthunk-'
}

no_qemu()
{
	! qemu_runs
}

for status in 0 1 7 137 255; do
	VT_FAKE_STATUS=$status
	export VT_FAKE_STATUS
	expect $status "" played both -- true
done
unset VT_FAKE_STATUS
played both -- true >"$tmp/out" 2>"$tmp/err" </dev/null
[ "$(cat "$tmp/out")" = out ] && [ "$(cat "$tmp/err")" = err ] || fail "output: $(cat "$tmp/out" "$tmp/err")"

head -c 3000000 /dev/urandom >"$tmp/data"
played echo -- true <"$tmp/data" >"$tmp/back" || fail "echo: status $?"
cmp "$tmp/data" "$tmp/back" || fail "3 MB of input came back changed"
played big -- true </dev/null | tail -c 8388608 | wc -c >"$tmp/out"
[ "$(cat "$tmp/out")" -eq 8388608 ] || fail "of 8 MiB came $(cat "$tmp/out")"
(sleep 0.3; echo late) | played echo -- true >"$tmp/out"
[ "$(cat "$tmp/out")" = late ] || fail "late input: $(cat "$tmp/out")"

expect 124 "in the guest: cannot mount ?[1mit" played fail -- true
expect 124 "the guest ended before it was up (QEMU: status 1)" played die -- true
grep -qF "no such accelerator" "$tmp/out" || fail "QEMU's own words are not shown"
expect 124 "the guest ended before it was up (QEMU: signal 11)" played crash -- true
expect 124 "the guest's kernel panicked" played panic -- true
grep -qF "no working init" "$tmp/out" || fail "the console is not shown"
expect 124 "the guest ended before it was up" played silent -- true
expect 124 "the guest ended before the command did" played half -- true
expect 0 "" played nonsense -- true
expect 0 "" played both --verbose -- true

# A reader that goes ends the run as SIGPIPE would.
{
	played flood -- true 2>"$tmp/err"
	echo $? >"$tmp/status"
} </dev/null | head -n 1 >/dev/null
[ "$(cat "$tmp/status")" -eq 141 ] || fail "no reader: status $(cat "$tmp/status")"
eventually "something is left" nothing_left

# run_hanging: starts a guest that does not end; $run is its process
run_hanging()
{
	VT_FAKE=hang "$vthunk" vm run --mode virgl --accel tcg --qemu "$fake_qemu" --kernel "$tmp/good/boot/vmlinuz" -- true \
		</dev/null >"$tmp/out" 2>&1 &
	run=$!
	eventually "no QEMU was started" qemu_runs
}

run_hanging
kill -TERM $run
wait $run
status=$?
[ $status -eq 143 ] || fail "SIGTERM: status $status"
eventually "SIGTERM left something" nothing_left
run_hanging
kill -HUP $run
wait $run
status=$?
[ $status -eq 129 ] || fail "SIGHUP: status $status"
eventually "SIGHUP left something" nothing_left
run_hanging
kill -9 $run
wait $run 2>/dev/null
eventually "SIGKILL left QEMU" no_qemu
done_testing
