#!/bin/sh
# lsmod as programs under `vthunk run` see it: the machine's own list and, if it has none, a line for amdgpu, for which
# rocminfo looks.
real=
IFS=:
for dir in $PATH /usr/sbin /sbin; do
	if [ -x "$dir/lsmod" ] && ! [ "$dir/lsmod" -ef "$0" ]; then
		real=$dir/lsmod
		break
	fi
done
unset IFS
list=
if [ -n "$real" ]; then
	list=$("$real" 2>/dev/null)
fi
[ -n "$list" ] || list="Module                  Size  Used by"
printf '%s\n' "$list"
case "
$list" in
*"
amdgpu "*) ;;
*) echo "amdgpu                      0  1 vthunk" ;;
esac
