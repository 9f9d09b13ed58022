# lib.sh: what the end-to-end tests share. Sourced with the build folder as $1; gives
#
#   $vthunk $vthunkd $hip   the programs, and the folder of the HIP programs of these tests
#   $tmp                    a folder for the test, removed at its end
#   fail TEXT               counts a failure
#   expect STATUS TEXT COMMAND...   runs it; that exit status, and TEXT (if not empty) in its output, which is in $tmp/out
#   refused TEXT COMMAND...   the same with 125, which is vthunk's own failure: TEXT in the one line that says what is wrong
#   image_has NAME FILE     whether there is a cached image NAME with FILE in it; $image_root is its folder
#   renderer [OPTION...]    starts a vthunkd at $tmp/sock, $renderer is its process
#   workers                 the processes that serve clients of $renderer
#   eventually TEXT COMMAND...   repeats the command until it succeeds, 10 s at most
#   done_testing            ends what is left and exits
set -u
build=$(cd "$1" && pwd) || exit 2
vthunk=$build/bin/vthunk
vthunkd=$build/bin/vthunkd
hip=$build/tests/e2e
bad=0
renderer=
tmp=$(mktemp -d) || exit 2
# A test must not find a renderer of its user's.
unset VTHUNK_SOCKET VTHUNK_STATS VTHUNK_LOG HSA_OVERRIDE_GFX_VERSION
XDG_RUNTIME_DIR=$tmp
export XDG_RUNTIME_DIR

clean()
{
	[ -z "$renderer" ] || kill -TERM "$renderer" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

need()
{
	for program in "$@"; do
		command -v "$program" >/dev/null || {
			echo "skipped: there is no $program"
			exit 77
		}
	done
}

fail()
{
	echo "FAILED: $*"
	bad=$((bad + 1))
}

expect()
{
	want=$1
	text=$2
	shift 2
	"$@" >"$tmp/out" 2>&1 </dev/null
	status=$?
	if [ $status -ne "$want" ] || { [ -n "$text" ] && ! grep -qF -e "$text" "$tmp/out"; }; then
		fail "$*: status $status, wanted $want with \"$text\""
		tail -n 20 "$tmp/out"
	fi
}

refused()
{
	text=$1
	shift
	expect 125 "$text" "$@"
	[ "$(wc -l <"$tmp/out")" -eq 1 ] || {
		fail "$*: not one line"
		cat "$tmp/out"
	}
}

image_has()
{
	image_root=$("$vthunk" image path "$1" 2>/dev/null) && [ -e "$image_root/$2" ]
}

eventually()
{
	what=$1
	shift
	tries=0
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || {
			fail "$what"
			return 1
		}
		sleep 0.02
	done
}

renderer()
{
	rm -f "$tmp/ready"
	mkfifo "$tmp/ready"
	"$vthunkd" --socket "$tmp/sock" --ready-fd 9 "$@" 9>"$tmp/ready" 2>"$tmp/renderer.log" &
	renderer=$!
	read -r line <"$tmp/ready" || {
		fail "the renderer did not start"
		cat "$tmp/renderer.log"
	}
}

# children PROCESS...
children()
{
	for parent in "$@"; do
		for stat in /proc/[0-9]*/stat; do
			{ read -r line <"$stat"; } 2>/dev/null || continue
			# pid (name) state parent
			rest=${line##*) }
			rest=${rest#* }
			[ "${rest%% *}" = "$parent" ] && echo "${line%% *}"
		done
	done
}

workers()
{
	children "$renderer"
}

no_workers()
{
	[ -z "$(workers)" ]
}

now_ms()
{
	date +%s%3N
}

done_testing()
{
	[ $bad -eq 0 ] || exit 1
	echo ok
	exit 0
}
