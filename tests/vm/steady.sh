#!/bin/sh
# A program in a guest, in its steady state, needs nothing of the device: ten thousand launches and a thousand copies make
# as many blobs, files and forwarded calls as a hundred and ten, and it is only for calls that the renderer is woken. Blobs
# and commands are counted by the device on the host, calls by the library in the guest. What sleeps until the GPU has
# done something needs a fence for each sleep; how many there are is a matter of time.
. "$(dirname "$0")/../e2e/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
. "$(dirname "$0")/images.sh"
steady=$build/bench/steady
need "$steady"
need_image qemu-sid
options="--mode vhost-user"

# An installation like the real one, whose renderer says more.
mkdir -p "$tmp/prefix/bin"
cp "$vthunk" "$tmp/prefix/bin"
ln -s "$build/lib" "$tmp/prefix/lib"
cat >"$tmp/prefix/bin/vthunkd" <<TXT
#!/bin/sh
exec "$vthunkd" --log-level debug "\$@" 2>>"$tmp/log"
TXT
chmod +x "$tmp/prefix/bin/vthunkd"
vthunk=$tmp/prefix/bin/vthunk

# counts LAUNCHES COPIES: blobs, files, drops, calls; the calls that woke the renderer are in $wakes
counts()
{
	: >"$tmp/log"
	expect 0 "$1 launches, $2 copies: ok" in_guest -- sh -c \
		"VTHUNK_STATS=/tmp/stats $steady --launches $1 --copies $2 && cat /tmp/stats"
	calls=$(sed -n 's/.*"total_calls":\([0-9]*\).*/\1/p' "$tmp/out")
	# The last context is the program's; vthunk has looked at the topology in another.
	# shellcheck disable=SC2046
	set -- $(sed -n 's/.* made \([0-9]*\) blobs, .*(wake \([0-9]*\), files \([0-9]*\), drop \([0-9]*\), await .*/\1 \2 \3 \4/p' "$tmp/log" | tail -n 1)
	[ $# -eq 4 ] || fail "the device has not counted: $(tail -n 20 "$tmp/log")"
	wakes=$2
	counted="$1 $3 $4 $calls"
	[ "$wakes" -le "$calls" ] || fail "$wakes wake-ups for $calls calls"
}

# The runtime's pools grow now and then with what is under way at the same time.
for try in 1 2 3; do
	counts 100 10
	few=$counted
	counts 10000 1000
	[ "$few" != "$counted" ] || break
done
[ "$few" = "$counted" ] || fail "blobs, files, drops, calls of 100 launches: $few; of 10000: $counted"
echo "blobs, files, drops, calls: $few; of the calls $wakes woke the renderer"
done_testing
