#!/bin/sh
# text.sh ROOT: what must not stand in any text file: trailing blanks, carriage returns, a missing last newline, notes
# to do something later, paths and hosts of the machine it was written on; and, outside of documents, non-ASCII.
set -u
. "$(dirname "$0")/files.sh"
root=$(cd "$1" && pwd) || exit 2
cd "$root" || exit 2
LC_ALL=C
export LC_ALL
bad=0

sources=$(lint_files . '*.[ch]' '*.cpp' '*.hip' '*.cl' '*.def' '*.proto' '*.sh' '*.cmake' '*.json' 'CMakeLists.txt' \
	'*.map' '*.ver' run demo bench)
all=$(printf '%s\n' "$sources" && lint_files . '*.md' '*.txt' '*.names' '.clang-format' '.gitignore')
# This folder's scripts and their test must name what they look for.
all=$(printf '%s\n' "$all" | grep -v '^tests/lint/' | sort -u)

# refuse FILES WHY PATTERN [PATTERN THAT EXCUSES A LINE]
refuse()
{
	printf '%s\n' "$1" | grep . | xargs -r grep -HnIE -e "$3" >"$out"
	if [ $# -gt 3 ]; then
		grep -vE -e "$4" "$out" >"$out.kept"
		mv "$out.kept" "$out"
	fi
	[ -s "$out" ] || return 0
	sed "s/^/$2: /" "$out"
	bad=1
}

out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT
cr=$(printf '\r')
tab=$(printf '\t')
refuse "$all" "trailing blank" "[ $tab$cr]\$"
refuse "$all" "note for later" '(^|[^[:alnum:]_])(TODO|FIXME|XXX|HACK)([^[:alnum:]_]|$)'
refuse "$all" "path of a machine" '(^|[^[:alnum:]_.$}/*-])/(work|home|root|Users)/[[:alnum:]_.-]'
refuse "$all" "host" 'https?://[[:alnum:]-]' \
	'https?://([[:alnum:]-]+\.)*(github\.com|llvm\.org|amd\.com|gpuopen\.com|kernel\.org|debian\.org|khronos\.org|oasis-open\.org|json-schema\.org|opensource\.org|freedesktop\.org|libvirt\.org)'
refuse "$all" "address of a machine" '(^|[^0-9.])(10|172|192)\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}($|[^0-9.])'
refuse "$(printf '%s\n' "$sources" | grep -v '^tests/lint/')" "not ASCII" '[^ -~[:space:]]'
for file in $all; do
	if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
		echo "no newline at the end: $file"
		bad=1
	fi
done
exit $bad
