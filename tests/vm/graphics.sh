#!/bin/sh
# Graphics beside compute, in the mode virgl: a program draws by Mesa's driver for Virgl and looks at what it has drawn,
# while HIP programs run one after the other in the same guest.
. "$(dirname "$0")/../e2e/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
. "$(dirname "$0")/images.sh"
need_image qemu-trixie qemu-sid
draw=$build/tests/vm/graphics
EGL_PLATFORM=surfaceless "$draw" 0 "" >/dev/null || { echo "skipped: no OpenGL ES here (libgles2, libegl1)" && exit 77; }

cat >"$tmp/inside" <<'TXT'
#!/bin/sh
"$1" 25 virgl >"$3/drawn" &
drawer=$!
n=0
while kill -0 $drawer 2>/dev/null; do
	"$2" || exit 1
	n=$((n + 1))
done
wait $drawer || { cat "$3/drawn" && exit 2; }
cat "$3/drawn"
echo "computed $n times"
TXT
chmod +x "$tmp/inside"

for image in qemu-trixie qemu-sid; do
	options="--mode virgl --qemu $image"
	expect 0 "virgl" in_guest -- "$tmp/inside" "$draw" "$hip/vadd" /tmp
	grep -E 'frames|computed [1-9]' "$tmp/out"
	[ "$(grep -cE ': [0-9]{2,} frames|computed [1-9]' "$tmp/out")" -eq 2 ] || fail "$image: $(cat "$tmp/out")"
done
done_testing
