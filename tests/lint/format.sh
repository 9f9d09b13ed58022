#!/bin/sh
# format.sh ROOT: .c and .h files are as clang-format 14 with the root's .clang-format leaves them.
set -u
. "$(dirname "$0")/files.sh"
root=$(cd "$1" && pwd) || exit 2

for tool in clang-format-14 clang-format; do
	case $("$tool" --version 2>/dev/null) in
	*version\ 14.*) break ;;
	esac
	tool=
done
if [ -z "$tool" ]; then
	echo "skipped: there is no clang-format 14"
	exit 77
fi
files=$(cd "$root" && lint_files . '*.[ch]' | xargs -r "$tool" --dry-run -Werror 2>&1 |
	sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1/p' | LC_ALL=C sort -u)
[ -n "$files" ] || exit 0
printf '%s: not formatted\n' $files
echo "the cure: $tool -i $(echo $files | head -c 2000)"
exit 1
