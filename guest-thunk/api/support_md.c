/* Prints docs/support.md: the table of functions of entry.def for users. */
#include <stdbool.h>
#include <stdio.h>

enum how { FORWARDED, LOCAL, REFUSED };
enum versions { ALL, TO_52, FROM_62 };

static const char *const says[] = {"forwarded", "in the library", "refused"};

static const char *cell(bool there, enum how how)
{
	return there ? says[how] : "-";
}

static void print_row(const char *name, enum versions versions, enum how how, const char *what,
		      const char *why)
{
	const char *stop = *what && *why ? "; " : "";

	printf("| `%s` | %s | %s | ", name, cell(versions != FROM_62, how),
	       cell(versions != TO_52, how));
	if (*what)
		printf("`%s%s`", how == REFUSED ? "HSAKMT_STATUS_" : "", what);
	printf("%s%s |\n", stop, why);
}

static void print_counts(const char *of, const unsigned count[3])
{
	printf("| %s | %u | %u | %u | %u |\n", of, count[FORWARDED] + count[LOCAL] + count[REFUSED],
	       count[FORWARDED], count[LOCAL], count[REFUSED]);
}

int main(void)
{
	unsigned old[3] = {0}, late[3] = {0};

#define VT_CHAPTER(title)
#define VT_DRM(name, versions, how, what, why)
#define VT_ENTRY(name, versions, how, what, why) \
	old[how] += (versions) != FROM_62;       \
	late[how] += (versions) != TO_52;
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_DRM
#undef VT_CHAPTER

	puts("# What works\n");
	puts("<!-- Made by guest-thunk/api/support_md.c of guest-thunk/api/entry.def; do not edit. "
	     "-->\n");
	puts("vthunk's `libhsakmt.so.1` has the functions of AMD's thunks 5.2 (ROCm 5.2) and 6.2.4 "
	     "(ROCm 5.3 to 6.2)\n"
	     "in one library. Forwarded: to the renderer, by the operations of `proto/wire/op.def` "
	     "that are named.\n"
	     "Refused: with the status of `hsakmttypes.h` that is named.\n");
	puts("| thunk | functions | forwarded | in the library | refused "
	     "|\n|---|---:|---:|---:|---:|");
	print_counts("5.2", old);
	print_counts("6.2.4", late);
#define VT_CHAPTER(title)         \
	puts("\n## " title "\n\n" \
	     "| function | 5.2 | 6.2.4 | by what, or why |\n|---|---|---|---|");
#define VT_DRM(name, versions, how, what, why) print_row(#name, versions, how, what, why);
#define VT_ENTRY(name, versions, how, what, why) \
	print_row("hsaKmt" #name, versions, how, what, why);
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_DRM
#undef VT_CHAPTER
	return 0;
}
