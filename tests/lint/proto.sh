#!/bin/sh
# proto.sh ROOT: house rules of the .proto files.
#  - every repeated, string and bytes field says "// max N"
#  - every field, message and enum value has a comment: on its line or on the line before
#  - no message contains itself at any distance (protobuf-c has no depth limit)
#  - no map, no Any, no group; value 0 of an enum is its UNSPECIFIED
set -u
. "$(dirname "$0")/files.sh"
root=$(cd "$1" && pwd) || exit 2

cd "$root" || exit 2
files=$(lint_files . '*.proto')
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086
exec awk '
	function complain(what) {
		print FILENAME ":" FNR ": " what
		bad = 1
	}
	# Depth first; state: 1 on the way down, 2 done.
	function visit(m,    i, n, to) {
		state[m] = 1
		n = split(uses[m], to, " ")
		for (i = 1; i <= n; i++) {
			if (state[to[i]] == 1) {
				print place[m] ": message " m " contains itself through " to[i]
				bad = 1
			} else if ((to[i] in place) && !state[to[i]])
				visit(to[i])
		}
		state[m] = 2
	}
	FNR == 1 { depth = 0; comment_before = 0 }
	{
		has_comment = comment_before || /\/\/ *[^ ]/ || /\/\*/
		text = $0
		sub(/\/\/.*/, "", text)
		gsub(/^[ \t]+|[ \t]+$/, "", text)
	}
	text ~ /(^|[^a-zA-Z_])map[ \t]*</ { complain("no map: its size has no bound") }
	text ~ /google\.protobuf|(^|[ \t])Any[ \t]/ { complain("no Any") }
	text ~ /(^|[ \t])group[ \t]+[A-Z]/ { complain("no group") }
	text ~ /^message[ \t]/ {
		split(text, word, /[ \t{]+/)
		name[++depth] = word[2]
		place[word[2]] = FILENAME ":" FNR
		if (!has_comment)
			complain("message " word[2] " has no comment")
		if (text ~ /}/)
			depth--
	}
	text ~ /^(enum|oneof)[ \t]/ {
		name[++depth] = ""
		first = text ~ /^enum/
	}
	first && text ~ /=[ \t]*0[ \t]*;/ && text !~ /UNSPECIFIED/ {
		complain("value 0 of an enum is ..._UNSPECIFIED")
	}
	depth && text ~ /=[ \t]*[0-9]+[^;]*;/ && text !~ /^option/ {
		if (!has_comment)
			complain("no comment: " text)
		if (text ~ /^repeated[ \t]/ || text ~ /^(optional[ \t]+)?(string|bytes)[ \t]/)
			if ($0 !~ /\/\/ max [0-9]+/ && last !~ /\/\/ max [0-9]+/)
				complain("no \"// max N\": " text)
		type = text
		sub(/^(repeated|optional)[ \t]+/, "", type)
		sub(/[ \t].*/, "", type)
		sub(/.*\./, "", type)
		for (i = depth; i > 0 && name[i] == ""; i--)
			;
		if (i)
			uses[name[i]] = uses[name[i]] " " type
	}
	text ~ /^}/ && depth { depth-- }
	{
		comment_before = ($0 ~ /^[ \t]*(\/\/|\*|\/\*)/)
		last = comment_before ? $0 : ""
	}
	END {
		for (m in place)
			if (!state[m])
				visit(m)
		exit bad
	}' $files
