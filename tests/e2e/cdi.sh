#!/bin/sh
# vthunk cdi: its specification by the rules, the files that it names, every refusal; and in the images that are there,
# a container made of it. The checker is tried on specifications that are wrong.
. "$(dirname "$0")/lib.sh"
need python3
here=$(cd "$(dirname "$0")" && pwd)
XDG_DATA_HOME=$tmp/data
export XDG_DATA_HOME

check()
{
	python3 "$here/cdi_check.py" "$@"
}

# change CODE: a specification that differs from the good one: Python that changes s
change()
{
	python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
e = s["devices"][0]["containerEdits"]
exec(sys.argv[3])
json.dump(s, open(sys.argv[2], "w"))' "$tmp/good.json" "$tmp/changed.json" "$1"
}

# bad WHERE CODE: the checker finds an error there
bad()
{
	change "$2"
	expect 1 "$1" check "$tmp/changed.json"
}

# good CODE: it finds none
good()
{
	change "$1"
	expect 0 "" check "$tmp/changed.json"
}

# Without a renderer.
refused "no renderer listens at $tmp/sock" "$vthunk" cdi --socket "$tmp/sock"
refused "no renderer listens at" "$vthunk" cdi --socket /dev/null
[ ! -e "$tmp/data" ] || fail "files were written for a renderer that is not there"

renderer
# A relative path of the socket, and a mask that would hide the files from a container's users.
expect 0 "" sh -c 'cd "$1" && umask 077 && exec "$0" cdi --socket sock --output good.json' "$vthunk" "$tmp"
[ ! -s "$tmp/out" ] || fail "something was printed beside the file"
expect 0 "" check "$tmp/good.json"
[ "$(stat -c %a "$tmp/good.json")" = 644 ] || fail "the specification cannot be read by all"
[ "$(ls "$tmp"/*.json*)" = "$tmp/good.json" ] || fail "temporary files are left"
[ -z "$(find "$tmp/data/vthunk/cdi" -type d ! -perm -755 -o -type f ! -perm -444)" ] || fail "files cannot be read by all"
"$vthunk" cdi --socket "$tmp/sock" >"$tmp/printed.json" || fail "nothing printed"
cmp "$tmp/good.json" "$tmp/printed.json" || fail "what is printed differs from the file"
VTHUNK_SOCKET=$tmp/sock "$vthunk" cdi | cmp - "$tmp/good.json" || fail "VTHUNK_SOCKET is not used"
for part in '"vthunk.dev/gpu"' '"name": "0"' '"name": "all"' "\"$tmp/sock\"" '"/run/vthunk/sock"' '"/usr/lib/vthunk"' \
	'"VTHUNK_SOCKET=/run/vthunk/sock"' '"VTHUNK_VIEW=/run/vthunk/view"' '"/etc/OpenCL/vendors/vthunk.icd"' \
	'"LD_LIBRARY_PATH=/usr/lib/vthunk/guest"'; do
	grep -qF "$part" "$tmp/good.json" || fail "no $part in the specification"
done

# The view's folder stays the same one, and has new files; an own place for it.
view=$tmp/data/vthunk/cdi/view
nodes=sys/class/kfd/kfd/topology/nodes
[ -r "$view/$nodes/1/properties" ] || fail "no view"
number=$(stat -c %i "$view")
rm "$view/$nodes/1/properties"
expect 0 "" "$vthunk" cdi --socket "$tmp/sock" --output "$tmp/good.json"
[ -r "$view/$nodes/1/properties" ] && [ "$(stat -c %i "$view")" = "$number" ] || fail "the view was not made anew in its place"
[ "$(ls -A "$tmp/data/vthunk/cdi" | tr '\n' ' ')" = "view vthunk.icd " ] || fail "temporary folders are left"
expect 0 "$tmp/own/view" sh -c 'cd "$1" && exec "$0" cdi --socket sock --view own' "$vthunk" "$tmp"
[ -r "$tmp/own/view/$nodes/1/properties" ] || fail "--view: no view there"

# What stands in the way. What is there stays.
refused "$tmp/none/x.json cannot be written: No such file" "$vthunk" cdi --socket "$tmp/sock" --output "$tmp/none/x.json"
refused "$tmp cannot be written: Is a directory" "$vthunk" cdi --socket "$tmp/sock" --output "$tmp"
refused "/dev/null cannot be written: it is there and not a regular file" "$vthunk" cdi --socket "$tmp/sock" --output /dev/null
refused "standard output: No space" sh -c 'exec "$0" cdi --socket "$1" >/dev/full' "$vthunk" "$tmp/sock"
refused "$tmp/good.json/below: the view's files cannot be written: Not a directory" \
	"$vthunk" cdi --socket "$tmp/sock" --view "$tmp/good.json/below"
refused "File name too long" "$vthunk" cdi --socket "$tmp/sock" --view "/$(printf '%05000d' 0)"
refused "must be UTF-8" "$vthunk" cdi --socket "$tmp/sock" --view "$tmp/$(printf '\377')"
[ "$(id -u)" -eq 0 ] || # root has /var/lib
	refused "neither XDG_DATA_HOME nor HOME" env -u XDG_DATA_HOME -u HOME "$vthunk" cdi --socket "$tmp/sock"
refused 'cdi takes no "more"' "$vthunk" cdi more
expect 125 "unrecognized option" "$vthunk" cdi --direct
expect 0 "vthunk.dev/gpu=all" "$vthunk" cdi --help
cmp "$tmp/good.json" "$tmp/printed.json" || fail "a run that failed changed the file"

# The checker.
good 's["cdiVersion"] = "1.1.0"'
good 's["kind"] = "v/c"'
good 'del s["containerEdits"]'
good 's["devices"][0]["name"] = "gpu0:1.a_b-c"'
good 's["cdiVersion"] = "0.6.0"; s["annotations"] = {"a": "b"}'
bad cdiVersion 's["cdiVersion"] = "0.4.0"'
bad cdiVersion 's["cdiVersion"] = "v0.5.0"'
bad cdiVersion 's["cdiVersion"] = "2.0.0"'
bad cdiVersion 'del s["cdiVersion"]'
bad cdiVersion 's["cdiVersion"] = 1'
bad cdiVersion 's["annotations"] = {"a": "b"}'
bad cdiVersion 'e["additionalGids"] = [1]'
for kind in vthunk.dev /gpu vthunk.dev/ 1.dev/gpu vthunk./gpu vthunk.dev/gpu/0 vthunk.dev/gpu- "vthunk dev/gpu"; do
	bad kind "s['kind'] = '$kind'"
done
bad specification.more 's["more"] = 1'
bad "devices: none" 's["devices"] = []'
bad specification.devices 's["devices"] = {}'
bad "devices[0]: not an object" 's["devices"][0] = "0"'
for name in "" -0 0- "a b" a/b a=b; do
	bad "devices[0].name" "s['devices'][0]['name'] = '$name'"
done
bad "devices[1].name: there is another" 's["devices"][1]["name"] = "0"'
bad "devices[0].containerEdits: missing" 'del s["devices"][0]["containerEdits"]'
bad "devices[0].containerEdits: empty" 's["devices"][0]["containerEdits"] = {}'
bad "containerEdits.environment: not known" 'e["environment"] = []'
bad "containerEdits.env: not of type list" 'e["env"] = {"A": "b"}'
bad "containerEdits.env[0]" 'e["env"][0] = "NAME"'
bad "containerEdits.env[0]" 'e["env"][0] = "=value"'
bad "containerEdits.env[0]" 'e["env"][0] = 1'
bad "mounts[0].hostPath: missing" 'del e["mounts"][0]["hostPath"]'
bad "mounts[0].hostPath: \"sock\"" 'e["mounts"][0]["hostPath"] = "sock"'
bad "mounts[0].hostPath: $tmp/none is not there" "e['mounts'][0]['hostPath'] = '$tmp/none'"
bad "mounts[0].containerPath" 'e["mounts"][0]["containerPath"] = "run/sock"'
bad "mounts[0].options: not of type list" 'e["mounts"][0]["options"] = "ro"'
bad "mounts[0].options[1]" 'e["mounts"][0]["options"][1] = True'
bad "mounts[0].readonly" 'e["mounts"][0]["readonly"] = True'
bad "containerEdits.mounts[0]: not an object" 's["containerEdits"]["mounts"][0] = []'
echo "{" >"$tmp/changed.json"
expect 1 "not JSON" check "$tmp/changed.json"

# A container of each image: with what runtimes do, of which no mount point is in an image.
contain()
{
	check --bwrap all "$tmp/good.json" >"$tmp/args"
	for entry in "$image_root"/etc/OpenCL/vendors/*; do
		printf '%s\n' --ro-bind "$entry" "/etc/OpenCL/vendors/${entry##*/}"
	done >>"$tmp/args"
	tr '\n' '\0' <"$tmp/args" >"$tmp/args0"
	bwrap --clearenv --ro-bind "$image_root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run --tmpfs /etc/OpenCL/vendors \
		--tmpfs /usr/local/sbin --setenv PATH /usr/local/sbin:/usr/bin:/bin --args 9 "$@" 9<"$tmp/args0"
}

for image in trixie rocm7; do
	# A sanitizer's library cannot be preloaded into programs that were built without it.
	! grep -q __asan_init "$build/lib/vthunk/guest/libhsakmt.so.1" || break
	if ! image_has $image usr || ! bwrap --ro-bind / / true 2>/dev/null; then
		echo "not run in an image: there is no $image, or no bubblewrap"
		continue
	fi
	mkdir -p "$image_root/usr/lib/vthunk"
	expect 0 "gfx906" contain rocminfo
	expect 0 "gfx906" contain rocm_agent_enumerator
	expect 0 "gfx906" contain clinfo
	[ "$(grep -c 'Number of devices  *1$' "$tmp/out")" -eq 1 ] || fail "$image: not one OpenCL device"
done
done_testing
