#!/bin/sh
# layers.sh ROOT: every #include "..." goes downwards (layers.txt), is written from the root, and only proto/wire sees
# the generated *.pb-c.h.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/files.sh"
root=$(cd "$1" && pwd) || exit 2

lint_files "$root" '*.[ch]' '*.def' | (cd "$root" && xargs -r grep -Hn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"') |
	awk -v table="$here/layers.txt" '
	function folder_of(path,    f, best) {
		best = ""
		for (f in allowed)
			if (index(path, f "/") == 1 && length(f) > length(best))
				best = f
		return best
	}
	function complain(what) {
		print where ": " what
		bad = 1
	}
	function check(from, to,    i, n, prefix, home) {
		home = folder_of(from)
		if (home == "")
			return complain("no rule for this folder in tests/lint/layers.txt")
		if (to ~ /\.pb-c\.h$/)
			return home == "proto/wire" ? 0 : complain("only proto/wire may include " to)
		if (to !~ /\//)
			return complain("\"" to "\" is not written from the root")
		if (folder_of(to) == home)
			return 0
		n = split(allowed[home], prefix, " ")
		for (i = 1; i <= n; i++)
			if (index(to, prefix[i] "/") == 1)
				return 0
		complain(home " must not include " to)
	}
	BEGIN {
		while ((getline line < table) > 0)
			if (match(line, /^[^#:]+:/)) {
				f = substr(line, 1, RLENGTH - 1)
				allowed[f] = substr(line, RLENGTH + 1)
			}
	}
	{
		split($0, part, ":")
		where = part[1] ":" part[2]
		split($0, quoted, "\"")
		check(part[1], quoted[2])
	}
	END { exit bad }'
