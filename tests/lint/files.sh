# Sourced by the checks of this folder: which files are ours.

# lint_files ROOT NAME-PATTERN...: paths below ROOT, relative to it, of files whose name matches one of the patterns;
# neither build trees nor what git keeps.
lint_files()
{
	lint_root=$1
	shift
	for lint_pattern in "$@"; do
		(cd "$lint_root" && find . \( -name .git -o -name .cache -o -path './build' -o -path './build-*' \) \
			-prune -o -type f -name "$lint_pattern" -print)
	done | sed 's|^\./||' | LC_ALL=C sort -u
}
