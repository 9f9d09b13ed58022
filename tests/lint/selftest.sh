#!/bin/sh
# selftest.sh: each check of this folder accepts a small good tree and finds what is planted in it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0

# A tree that breaks no rule.
good_tree()
{
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/proto/base" "$tmp/tree/proto/schema" "$tmp/tree/proto/wire" "$tmp/tree/guest-thunk/api"
	cp "$here/../../.clang-format" "$tmp/tree/"
	cat >"$tmp/tree/proto/base/err.h" <<'C'
/* proto/base/err.h - names of errors. */
#ifndef VT_ERR_H
#define VT_ERR_H

const char *vt_err_name(int err);

#endif
C
	cat >"$tmp/tree/proto/base/err.c" <<'C'
/* Names of errors. */
#include "proto/base/err.h"

const char *vt_err_name(int err)
{
	return err ? "error" : "ok";
}
C
	cat >"$tmp/tree/proto/schema/memory.proto" <<'C'
syntax = "proto3";
// Memory.

// Asks for memory.
message VtAlloc {
  uint64 size_bytes = 1; // what is asked for
  // Where it may be.
  repeated uint32 nodes = 2; // max 64
  string label = 3; // max 16: shown by tools
  // How.
  VtMode mode = 4;
}

// How memory is used.
enum VtMode {
  VT_MODE_UNSPECIFIED = 0; // refused
  VT_MODE_READ = 1;        // read only
}
C
}

# expect STATUS PATTERN CHECK [ARGUMENT...]: how it ends, and what it says.
expect()
{
	want=$1 pattern=$2 check=$3
	shift 3
	"$here/$check" "$tmp/tree" "$@" >"$tmp/out" 2>&1
	got=$?
	[ $got -ne 77 ] || return 0
	if [ $got -ne "$want" ] || { [ -n "$pattern" ] && ! grep -qE -e "$pattern" "$tmp/out"; }; then
		echo "$check: status $got, not $want with \"$pattern\":"
		cat "$tmp/out"
		bad=1
	fi
}

# planted CHECK PATTERN FILE LINE: finds LINE at the end of FILE, and nothing before.
planted()
{
	good_tree
	expect 0 "" "$1"
	mkdir -p "$(dirname "$tmp/tree/$3")"
	printf "$4\n" >>"$tmp/tree/$3"
	expect 1 "$2" "$1"
}

planted layers.sh 'err.c:8: proto/base must not include guest' proto/base/err.c '#include "guest-thunk/api/memory.h"'
planted layers.sh 'must not include host-renderer' guest-thunk/api/a.c '#include "host-renderer/object/table.h"'
planted layers.sh 'not written from the root' proto/base/err.c '#include "err.h"'
planted layers.sh 'only proto/wire may include' guest-thunk/api/a.c '#include "memory.pb-c.h"'
planted layers.sh 'no rule for this folder' surprise/a.c '#include "proto/base/err.h"'

planted headers.sh 'base/late.h: does not compile alone' proto/base/late.h 'uint32_t vt_late(void);'

planted format.sh 'base/err.c: not formatted' proto/base/err.c 'int  two( void );'

planted proto.sh 'no comment: uint32 x' proto/schema/memory.proto '// A.\nmessage A {\n  uint32 x = 1;\n}'
planted proto.sh 'no "// max N": repeated' proto/schema/memory.proto '// A.\nmessage A {\n  repeated A2 x = 1; // all\n}'
planted proto.sh 'no "// max N": bytes' proto/schema/memory.proto '// A.\nmessage A {\n  bytes x = 1; // all\n}'
planted proto.sh 'message [AB] contains itself' proto/schema/memory.proto \
	'// A.\nmessage A {\n  B b = 1; // one\n}\n// B.\nmessage B {\n  repeated A a = 1; // max 2\n}'
planted proto.sh 'no map' proto/schema/memory.proto '// A.\nmessage A {\n  map<string, string> m = 1; // max 2\n}'
planted proto.sh 'no Any' proto/schema/memory.proto '// A.\nmessage A {\n  google.protobuf.Any m = 1; // all\n}'
planted proto.sh 'UNSPECIFIED' proto/schema/memory.proto '// E.\nenum E {\n  E_FIRST = 0; // one\n}'
planted proto.sh 'message A has no comment' proto/schema/memory.proto '\nmessage A {\n  uint32 x = 1; // one\n}'

planted text.sh 'trailing blank' proto/base/err.c '/* x */ '
planted text.sh 'trailing blank' README.md 'x\r'
planted text.sh 'note for later' proto/base/err.c '/* TODO: more */'
planted text.sh 'not ASCII' proto/base/err.c '/* \303\244 */'
planted text.sh 'path of a machine' README.md 'see /home/somebody/vthunk'
planted text.sh 'host: ' README.md 'from http://mirror.example/debian'
planted text.sh 'address of a machine' README.md 'from 192.168.1.7'
good_tree
printf 'x' >>"$tmp/tree/proto/base/err.c"
expect 1 'no newline at the end' text.sh

good_tree
{
	echo 'int f(void)'
	echo '{'
	seq -f '	use(%g);' 100
	echo '}'
	seq -f '/* %g */' 500
} >>"$tmp/tree/proto/base/err.c"
expect 0 'err.c: f\(\): 102 lines' sizes.sh
expect 0 'err.c: 6[0-9][0-9] lines' sizes.sh

# library FOLDER NAME...: a libhsakmt.so.1 that exports NAMEs.
library()
{
	dir="$tmp/build/lib/vthunk/$1"
	shift
	mkdir -p "$dir"
	printf 'void %s(void);\nvoid %s(void) {}\n' $(for n in "$@"; do echo "$n" "$n"; done) >"$tmp/lib.c"
	echo 'HSAKMT_1 { global: *; };' >"$tmp/lib.map"
	gcc -shared -o "$dir/libhsakmt.so.1" -Wl,-soname,libhsakmt.so.1 -Wl,--version-script="$tmp/lib.map" \
		-nostartfiles -nostdlib "$tmp/lib.c" || exit 2
}
good_tree
all=$(cat "$here/hsakmt-5.2.names" "$here/hsakmt-6.2.4.names" "$here/libdrm-6.2.4.names" | sort -u)
library guest $all
library swgpu $all vthunkTellSignals
expect 0 '' symbols.sh "$tmp/build"
library guest $all hsaKmtOneTooMany
expect 1 'guest/.*must not be exported: hsaKmtOneTooMany@@HSAKMT_1' symbols.sh "$tmp/build"
library guest $all
library swgpu $(echo "$all" | grep -v ExportDMABufHandle) vthunkTellSignals
expect 1 'swgpu/.*missing: hsaKmtExportDMABufHandle' symbols.sh "$tmp/build"
exit $bad
