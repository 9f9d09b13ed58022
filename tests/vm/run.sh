#!/bin/sh
# vthunk vm run with real guests, of both QEMUs and both kernels, that do not use the GPU: what a command gets and gives.
. "$(dirname "$0")/../e2e/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
. "$(dirname "$0")/images.sh"
need_image qemu-trixie qemu-sid kernel-bookworm

# The command's words, input, output and surroundings, in one boot.
cat >"$tmp/inside" <<'TXT'
#!/bin/sh
for word in "$@"; do printf '[%s]' "$word"; done
echo
sed 's/^/in: /'
echo words >/dev/stderr
pwd
id -u
touch /etc/vthunk-was-here /vthunk-was-here "$0.was-here" && echo written
[ -z "$HSA_VTHUNK_TEST" ] || echo "variable $HSA_VTHUNK_TEST"
[ -c /dev/dri/renderD128 ] && echo "render node"
uname -r
exit 7
TXT
chmod +x "$tmp/inside"
odd=$(printf 'new\nline\ttab \001\177\303\244\377\210')

# check_surroundings KERNEL OPTION...
check_surroundings()
{
	kernel=$1
	options=$2
	printf '%s\n' "[][a b][it's][\"\$HOME\"][*][\\][--][$odd]" "in: first" "in: second" "$(pwd)" 0 written \
		"variable of the caller" "render node" >"$tmp/want"
	printf 'first\nsecond\n' | HSA_VTHUNK_TEST="of the caller" in_guest -- "$tmp/inside" '' 'a b' "it's" '"$HOME"' '*' '\' \
		-- "$odd" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 7 ] || fail "$options: status $status, wanted 7: $(cat "$tmp/err")"
	case $(tail -n 1 "$tmp/out") in
	"$kernel"*) ;;
	*) fail "$options: kernel $(tail -n 1 "$tmp/out"), wanted $kernel" ;;
	esac
	sed '$d' "$tmp/out" | cmp - "$tmp/want" || fail "$options: $(cat "$tmp/out")"
	[ "$(cat "$tmp/err")" = words ] || fail "$options: standard error: $(cat "$tmp/err")"
	! ls /etc/vthunk-was-here /vthunk-was-here "$tmp/inside.was-here" 2>/dev/null || fail "$options: the guest writes here"
}

check_surroundings 6.12 "--mode virgl"
check_surroundings 6.1. "--mode virgl --qemu qemu-sid --kernel kernel-bookworm"
check_surroundings 6.12 "--mode vhost-user"
check_surroundings 6.1. "--mode vhost-user --kernel kernel-bookworm"

# How commands end.
options="--mode virgl --qemu qemu-sid"
# What stays behind does not keep the guest; all of a lot of output comes.
in_guest -- sh -c 'sleep 1000 & head -c 3000000 /dev/zero; kill -9 $$' >"$tmp/out" </dev/null
status=$?
[ $status -eq 137 ] || fail "a command that was killed: status $status"
[ "$(wc -c <"$tmp/out")" -eq 3000000 ] || fail "of 3000000 bytes came $(wc -c <"$tmp/out")"
expect 124 "the guest's kernel panicked" in_guest -- sh -c 'echo c >/proc/sysrq-trigger; sleep 60'
if "$vthunk" image path trixie >/dev/null 2>&1; then
	expect 0 "13." in_guest --image trixie -- cat /etc/debian_version
else
	echo "no image trixie: vthunk vm run --image was not tried"
fi
[ -z "$(ls "$XDG_RUNTIME_DIR" | grep '^vthunk-')" ] || fail "folders are left: $(ls "$XDG_RUNTIME_DIR")"
done_testing
