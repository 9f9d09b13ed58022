#!/bin/sh
# vthunk image: what is refused, and what is made, with a mmdebstrap and a mirror that this test plays.
. "$(dirname "$0")/lib.sh"
unset HOME
XDG_CACHE_HOME=$tmp/cache
export XDG_CACHE_HOME
images=$tmp/cache/vthunk/images
mkdir -p "$tmp/bin" "$tmp/mirror/dists/trixie" "$tmp/mirror/dists/sid"
touch "$tmp/mirror/dists/trixie/Release" "$tmp/mirror/dists/sid/Release"
mirror=file://$tmp/mirror
# Nobody listens there.
nowhere=http:/""/127.0.0.1:9
PATH=$tmp/bin:$PATH

# Plays mmdebstrap: notes its arguments and its input, and does what $tmp/play says with the folder it is to fill ($1).
cat >"$tmp/bin/mmdebstrap" <<S
#!/bin/sh
for arg; do echo "\$arg"; done >"$tmp/arguments"
cat >"$tmp/sources"
for arg; do case \$arg in */root) . "$tmp/play" ;; esac; done
S
chmod +x "$tmp/bin/mmdebstrap"
cat >"$tmp/play" <<'S'
mkdir -p "$arg/etc" "$arg/usr/bin"
echo made >"$arg/usr/bin/program"
S

nothing_left()
{
	left=$(find "$images" -mindepth 1 -maxdepth 1 ! -name '.*.lock' ! -name '*.log' | tr '\n' ' ')
	[ "$left" = "$1" ] || fail "$2: left in the cache: $left"
}

expect 0 "trixie           not made" "$vthunk" image list
expect 0 "rocm7            not made" "$vthunk" image list
expect 0 "--with" "$vthunk" image --help
expect 125 "vthunk image make" "$vthunk" image
expect 125 "vthunk image make" "$vthunk" image burn
expect 125 "takes one name" "$vthunk" image make
expect 125 "takes no name" "$vthunk" image list trixie
expect 125 'there is no image "trixie"' "$vthunk" image path trixie
expect 125 'there is no image "woody" to be made; there are: kernel-bookworm, qemu-sid, qemu-trixie, rocm7, trixie' "$vthunk" image make woody
expect 125 'there is no image "../x" to be made' "$vthunk" image make ../x
expect 125 "not a list of packages" "$vthunk" image make trixie --with 'a;b'

if [ "$(id -u)" -eq 0 ]; then
	refused "the mirror $nowhere cannot be reached, or does not have trixie" \
		"$vthunk" image make trixie --mirror $nowhere
	nothing_left "" "after an unreachable mirror"

	echo 'echo "E: dpkg: No space left on device" >&2; exit 1' >"$tmp/play.full"
	mv "$tmp/play" "$tmp/play.ok"
	cp "$tmp/play.full" "$tmp/play"
	expect 125 "no space left on the device of $images" "$vthunk" image make trixie --mirror "$mirror"
	nothing_left "" "after a full disk"
	echo 'echo "E: Unable to locate package nonsense" >&2; exit 1' >"$tmp/play"
	expect 125 "there is no package nonsense" "$vthunk" image make trixie --mirror "$mirror" --with nonsense
	nothing_left "" "after an unknown package"
	echo 'touch "$arg/started"; exec sleep 60' >"$tmp/play"
	"$vthunk" image make trixie --mirror "$mirror" >"$tmp/out" 2>&1 &
	pid=$!
	eventually "mmdebstrap does not start" sh -c 'ls "$0"/*/root/started' "$images"
	kill -TERM $pid
	wait $pid
	[ $? -eq 125 ] || fail "ended by TERM: not status 125"
	nothing_left "" "after TERM"

	mv "$tmp/play.ok" "$tmp/play"
	expect 0 "made in" "$vthunk" image make trixie --mirror "$mirror" --with hello,cowsay
	nothing_left "$images/trixie " "after making"
	grep -q '^--include=rocminfo .* hello cowsay$' "$tmp/arguments" || fail "the packages are not in mmdebstrap's arguments"
	grep -qxF "deb [check-valid-until=no] $mirror trixie main" "$tmp/sources" || fail "the mirror is not in the sources"
	[ -d "$images/trixie/usr/lib/vthunk" ] || fail "there is no place for the libraries"
	expect 0 "trixie           made" "$vthunk" image list
	expect 0 "$images/trixie" "$vthunk" image path trixie
	expect 0 "$images/trixie" "$vthunk" image make trixie --mirror $nowhere
	expect 0 "$images/trixie" "$vthunk" image make trixie --with cowsay
	expect 125 "was made without sl; --force makes it again" "$vthunk" image make trixie --with cowsay,sl

	echo 'mkdir -p "$arg/etc"; touch "$arg/second"' >"$tmp/play"
	expect 0 "made in" "$vthunk" image make trixie --mirror "$mirror" --force
	[ -e "$images/trixie/second" ] && [ ! -e "$images/trixie/usr/bin/program" ] || fail "--force did not replace the image"
	nothing_left "$images/trixie " "after making again"
	echo 'exit 1' >"$tmp/play"
	expect 125 "mmdebstrap failed" "$vthunk" image make trixie --mirror "$mirror" --force
	[ -e "$images/trixie/second" ] || fail "a failure took the old image away"

	expect 125 "the mirror $mirror/none cannot be reached" "$vthunk" image make rocm7 --mirror "$mirror/none"
	echo 'mkdir -p "$arg/etc"' >"$tmp/play"
	expect 0 "made in" "$vthunk" image make rocm7 --mirror "$mirror" --dir "$tmp/elsewhere"
	grep -qxF "deb [check-valid-until=no] $mirror experimental main" "$tmp/sources" || fail "rocm7 lacks experimental"
	grep -q extract "$tmp/arguments" && fail "an image without a kernel unpacks one"
	mkdir "$tmp/mirror/dists/bookworm"
	touch "$tmp/mirror/dists/bookworm/Release"
	expect 0 "made in" "$vthunk" image make kernel-bookworm --mirror "$mirror" --dir "$tmp/elsewhere"
	grep -qx -e --variant=extract "$tmp/arguments" && grep -q '^--extract-hook=' "$tmp/arguments" ||
		fail "no kernel is unpacked"
	grep -q '^--include' "$tmp/arguments" && fail "there is no package to include"
	expect 0 "made in" "$vthunk" image make qemu-sid --mirror "$mirror" --dir "$tmp/elsewhere"
	grep -qx -e --variant=apt "$tmp/arguments" || fail "qemu-sid is not of mmdebstrap's variant apt"
	grep -qxF "deb [check-valid-until=no] $mirror trixie main" "$tmp/sources" || fail "qemu-sid has no source for its kernel"
	expect 0 "$tmp/elsewhere/rocm7" "$vthunk" image path --dir "$tmp/elsewhere" rocm7
fi

# A small file system has no room for an image.
if unshare -Urm true 2>/dev/null; then
	mkdir "$tmp/small"
	refused "MiB left" unshare -Urm sh -c 'mount -t tmpfs -o size=20m none "$1" && exec "$0" image make trixie --dir "$1"' \
		"$vthunk" "$tmp/small"
fi
done_testing
