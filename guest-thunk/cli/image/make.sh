#!/bin/sh
# make.sh RECIPE TARGET MIRROR WITH: makes the image that RECIPE (trixie.image says what is in one) describes, as the
# folder TARGET. MIRROR: a Debian mirror, or "" for the one of this system's apt; WITH: more packages, with blanks.
#
# vthunk image make runs it, after it has looked at the recipe, the target and the room. The image is made in a folder
# beside TARGET, which is renamed when it is whole; an old TARGET is removed only then. Each failure is one line.
set -u
recipe=$1 target=$2 mirror=$3 with=$4
name=${target##*/}
work=$target.making.$$
log=$target.log
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
began=$(date +%s)
job='' unpacker=''

say()
{
	printf 'vthunk: image %s: %s\n' "$name" "$*" >&2
}

remove()
{
	rm -rf --one-file-system "$1"
}

give_up()
{
	trap '' HUP INT TERM
	if [ -n "$job" ]; then
		kill -TERM "$job" 2>/dev/null
		wait "$job" 2>/dev/null
	fi
	remove "$work"
	exit 125
}

die()
{
	say "$*"
	give_up
}

# settings KEY: the values of that setting, a line each
settings()
{
	sed -n "s/^$1[[:space:]][[:space:]]*//p" "$recipe"
}

need()
{
	command -v "$1" >/dev/null || die "there is no $1 here (Debian: apt install $2)"
}

# The mirror of this system's own packages, so that what the machine is allowed to reach is what is used.
system_mirror()
{
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -F '|' '$1 == "Debian" && $2 == "Debian" && $3 == "main" { print $4; exit }'
}

# Fails early, and in words, where mmdebstrap would after many lines.
reach()
{
	helper=/usr/lib/apt/apt-helper
	[ -x "$helper" ] || return 0
	"$helper" -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
		-o APT::Sandbox::User=root download-file "$mirror/dists/$1/Release" "$work/Release" >"$work/reach" 2>&1 && return 0
	why=$(sed -n 's/^E: Failed to fetch [^ ]* *//p' "$work/reach" | head -n 1)
	die "the mirror $mirror cannot be reached, or does not have $1: ${why:-apt-helper failed}"
}

# apt's preferences for the packages that come from another suite, which has two names (a: stable, n: trixie)
preferences()
{
	settings pin | while read -r from pinned; do
		printf 'Package: %s\nPin: release %s\nPin-Priority: 990\n\n' "$pinned" "a=$from" "$pinned" "n=$from"
	done
}

# mmdebstrap runs this with the root as $1 when it has unpacked the first packages; as another user it cannot read our
# files. The modules of hardware that no virtual machine has are three quarters of a kernel's size.
unpack_kernel=$(cat <<'HOOK'
set -e
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
mkdir -p "$1/tmp/kernel"
cd "$1/tmp/kernel"
package=$(apt-cache depends "$KERNEL" | sed -n 's/^ *Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)
[ -n "$package" ] || {
	echo "E: $KERNEL is no metapackage of a kernel"
	exit 1
}
apt-get -q download "$package"
set -- "$1"
for hardware in amd i915 nouveau radeon xe; do
	set -- "$@" --exclude="*/drivers/gpu/drm/$hardware"
done
for hardware in hid hwmon iio infiniband input isdn md media mmc mtd net platform scsi staging thunderbolt usb; do
	set -- "$@" --exclude="*/kernel/drivers/$hardware"
done
root=$1
shift
dpkg-deb --fsys-tarfile ./*.deb | tar -x -C "$root" --keep-directory-symlink --exclude='./usr/share' \
	--exclude='*/kernel/sound' --exclude='*/System.map-*' "$@"
cd /
rm -rf "$root/tmp/kernel"
for version in "$root"/lib/modules/*; do
	depmod -b "$root" "${version##*/}"
done
HOOK
)

# How far mmdebstrap's log says it is.
progress()
{
	awk '
		/ newly installed, / { n = $3; got = unpacked = set = 0 }
		/^Get:/ { got++ }
		/^Unpacking / { unpacked++ }
		/^Setting up / { set++ }
		END {
			if (!n)
				print "reading package lists"
			else if (set && (unpacked >= n || !unpacked))
				printf "setting up %d of %d packages\n", set < n ? set : n, n
			else if (unpacked)
				printf "unpacking %d of %d packages\n", unpacked < n ? unpacked : n, n
			else
				printf "downloading %d of %d packages\n", got < n ? got : n, n
		}' "$log"
}

show_progress()
{
	line=$(printf '[%3d s] %s' $(($(date +%s) - began)) "$(progress)")
	if [ -t 2 ]; then
		printf '\r\033[K%s' "$line" >&2
	elif [ $((turn % 10)) -eq 1 ]; then
		printf '%s\n' "$line" >&2
	fi
}

# Why mmdebstrap failed, of all that it said.
reason()
{
	if grep -q "No space left on device" "$log"; then
		echo "no space left on the device of ${target%/*}"
	elif grep -q "^E: Unable to locate package" "$log"; then
		sed -n 's/^E: Unable to locate package /there is no package /p' "$log" | head -n 1
	elif grep -q "^E: Failed to fetch" "$log"; then
		sed -n 's/^E: Failed to fetch /the mirror failed: /p' "$log" | head -n 1
	elif grep -q "^E:" "$log"; then
		sed -n 's/^E: //p' "$log" | head -n 1
	else
		echo "mmdebstrap failed"
	fi
}

# start ARGUMENT...: starts mmdebstrap with them; $job is its process. As root it fills the folder in place. Other users
# have the files pass through tar, so that all of them are theirs and can be removed without help.
start()
{
	if [ "$(id -u)" -eq 0 ]; then
		sources | mmdebstrap --mode=root --format=directory "$@" "$suite" "$work/root" - >"$log" 2>&1 &
		job=$!
		return
	fi
	mkfifo "$work/tar" || die "cannot write to ${target%/*}"
	tar -x -C "$work/root" --exclude='./dev/*' --no-same-owner <"$work/tar" 2>"$work/tar.log" &
	unpacker=$!
	sources | mmdebstrap --mode=unshare --format=tar "$@" "$suite" - - 2>"$log" >"$work/tar" &
	job=$!
}

# Waits for mmdebstrap's end, and says how far it is meanwhile.
complete()
{
	turn=0
	while kill -0 "$job" 2>/dev/null; do
		sleep 1
		[ $((turn % 2)) -eq 0 ] || show_progress
		turn=$((turn + 1))
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
	wait "$job"
	status=$?
	job=
	if [ -n "$unpacker" ]; then
		wait "$unpacker" || status=1
		sed 's/^tar: /E: /' "$work/tar.log" >>"$log"
	fi
	[ $status -eq 0 ] || die "$(reason) (all that was said: $log)"
}

# The mirror's lines of sources.list go to mmdebstrap's standard input.
sources()
{
	for s in "$suite" $(settings more); do
		echo "deb [check-valid-until=no] $mirror $s main"
	done
}

# What an image has beside its packages: a place for vthunk's libraries, and a note of what it was made of.
finish()
{
	mkdir -p "$work/root/usr/lib/vthunk" &&
		{
			echo "name $name"
			echo "made $(date -u +%Y-%m-%dT%H:%M:%SZ)"
			echo "recipe $(sha256sum <"$recipe" | cut -c 1-16)"
			echo "with $with"
		} >"$work/root/etc/vthunk-image"
}

trap give_up HUP INT TERM
need mmdebstrap mmdebstrap
if [ "$(id -u)" -ne 0 ]; then
	need newuidmap "uidmap, or make the image as root"
	grep -q "^$(id -un):" /etc/subuid 2>/dev/null ||
		die "$(id -un) has no range in /etc/subuid: add one with usermod --add-subuids, or make the image as root"
fi
[ -n "$mirror" ] || mirror=$(system_mirror)
mirror=${mirror:-http://deb.debian.org/debian}
mirror=${mirror%/}
mkdir "$work" "$work/root" 2>/dev/null || die "cannot write to ${target%/*}"
suite=$(settings suite)
reach "$suite"
preferences >"$work/preferences"
packages="$(settings package | tr '\n' ' ')$with"
say "making $target from $mirror ($(settings about))"

variant=$(settings variant)
set -- --verbose --variant="${variant:-apt}" \
	--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
	--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Sandbox::User "root"' \
	--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-include=/usr/share/doc/*/copyright' \
	--setup-hook="mkdir -p \"\$1/etc/apt/preferences.d\"" \
	--setup-hook="copy-in '$work/preferences' /etc/apt/preferences.d"
[ -z "$packages" ] || set -- "$@" --include="$packages"
kernel=$(settings kernel)
if [ -n "$kernel" ]; then
	PATH=$PATH:/usr/sbin:/sbin
	need depmod kmod
	KERNEL=$kernel
	export KERNEL
	set -- "$@" --extract-hook="$unpack_kernel"
fi
[ ! -r "$keyring" ] || set -- "$@" --keyring="$keyring"
start "$@"
complete
finish || die "$(reason)"
if [ -e "$target" ]; then
	mv "$target" "$work/old" || die "cannot replace $target"
fi
mv "$work/root" "$target" || die "cannot rename the finished image to $target"
trap '' HUP INT TERM
remove "$work"
rm -f "$log"
say "made in $(($(date +%s) - began)) s, $(du -sm "$target" | cut -f 1) MiB"
