#!/bin/sh
# sizes.sh ROOT: names the .c files over 500 lines and the functions over 80. A warning: it never fails.
set -u
. "$(dirname "$0")/files.sh"
root=$(cd "$1" && pwd) || exit 2
cd "$root" || exit 2

lint_files . '*.c' | xargs -r awk '
	FNR == 1 && name { if (lines > 500) print "warning: " name ": " lines " lines" }
	FNR == 1 { name = FILENAME; start = 0 }
	{ lines = FNR }
	/^[a-zA-Z_].*\(/ && !/;[ \t]*$/ { title = $0; sub(/\(.*/, "", title); sub(/.*[ *]/, "", title) }
	/^\{/ { start = FNR }
	/^\}/ && start {
		if (FNR - start > 80)
			print "warning: " FILENAME ": " title "(): " FNR - start + 1 " lines"
		start = 0
	}
	END { if (lines > 500) print "warning: " name ": " lines " lines" }'
exit 0
