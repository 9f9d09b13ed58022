#!/bin/sh
# check.sh BUILD SAMPLE: the sample agrees with the CPU both directly and forwarded, and prints the same both ways.
set -u
build=$1 sample=$2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

for way in direct forwarded; do
	option=
	[ $way = forwarded ] || option=--direct
	"$build/bin/vthunk" run ${option:+"$option"} --device swgpu -- "$build/samples/$sample" --quick >"$dir/$way"
	status=$?
	if [ $status -ne 0 ] || ! grep -qx PASS "$dir/$way"; then
		echo "$sample, $way: exit status $status"
		cat "$dir/$way"
		exit 1
	fi
done
if ! diff "$dir/direct" "$dir/forwarded"; then
	echo "$sample: direct (<) and forwarded (>) differ"
	exit 1
fi
cat "$dir/forwarded"
