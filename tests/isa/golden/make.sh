#!/bin/sh
# Derives the golden lines of tests/isa/golden from the instruction tables with LLVM's disassembler.
#
#   make.sh          writes the files anew
#   make.sh --check  compares with what is there; 1 where it differs, 77 where llvm-mc-15 is not installed
#
# For every row of every table some words are made: the operation in each of its forms with registers, constants and
# modifiers. Kept are those that LLVM decodes, and encodes again to the same words; the text is LLVM's.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tables=$here/../../../host-renderer/swgpu/isa
mc=${LLVM_MC:-llvm-mc-15}
out=$here

command -v "$mc" >/dev/null || { echo "$mc is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${1-}" = --check ]; then
	out=$work/golden
	mkdir "$out"
fi

# Lines [0xNN,...] of candidate words for the table $1.
candidates()
{
	awk -F, -v enc="$1" -f "$here/words.awk" "$tables/$1.def"
}

# Text with encodings on stdin to "hexwords ; text", without lines whose bytes are not in the file $1 of candidates.
lines()
{
	awk -v candidates="$1" '
	BEGIN {
		while ((getline line < candidates) > 0)
			known[line] = 1
	}
	/; encoding: \[/ && !/\/\// {
		bytes = $0
		sub(/.*; encoding: /, "", bytes)
		if (!(bytes in known) || seen[bytes]++)
			next
		text = $0
		sub(/; encoding: .*/, "", text)
		gsub(/[ \t]+/, " ", text)
		gsub(/^ | $/, "", text)
		gsub(/\[|\]|0x/, "", bytes)
		n = split(bytes, b, ",")
		words = ""
		for (i = 1; i <= n; i += 4)
			words = words (i > 1 ? " " : "") b[i + 3] b[i + 2] b[i + 1] b[i]
		print words " ; " text
	}'
}

# Candidates on stdin to golden lines for the GPU $1: what the disassembler and the assembler agree on.
derive()
{
	cat >"$work/candidates"
	flags="-triple=amdgcn-amd-amdhsa -mcpu=$1 -show-encoding"
	# shellcheck disable=SC2086
	"$mc" -disassemble $flags <"$work/candidates" 2>/dev/null | lines "$work/candidates" >"$work/decoded"
	# shellcheck disable=SC2086
	sed 's/^[0-9a-f ]* ; //' "$work/decoded" | "$mc" $flags 2>/dev/null | lines "$work/candidates" >"$work/encoded"
	grep -Fxf "$work/encoded" "$work/decoded"
}

for table in sop1 sop2 sopk sopc sopp smem vop1 vop2 vopc vop3 vop3p ds flat global scratch mubuf mimg; do
	candidates $table | derive gfx906 >"$out/$table.txt"
done
candidates vop3p | derive gfx900 | grep mad_mix >"$out/vop3p-gfx900.txt"

if [ "$out" != "$here" ]; then
	for file in "$out"/*.txt; do
		diff -u "$here/$(basename "$file")" "$file" || exit 1
	done
fi
