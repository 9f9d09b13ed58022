/* Prints docs/support.md: the table of functions of entry.def for users. */
#include <stdbool.h>
#include <stdio.h>

enum how { FORWARDED, LOCAL, REFUSED };
enum versions { ALL, TO_52, FROM_62, FROM_72 };
enum thunk { OF_52, OF_62, OF_72, THUNKS };

static const char *const says[] = {"forwarded", "in the library", "refused"};

static bool is_in(enum versions versions, enum thunk thunk)
{
	switch (versions) {
	case TO_52: return thunk == OF_52;
	case FROM_62: return thunk != OF_52;
	case FROM_72: return thunk == OF_72;
	case ALL:
	default: return true;
	}
}

static void print_row(const char *name, enum versions versions, enum how how, const char *what,
		      const char *why)
{
	const char *stop = *what && *why ? "; " : "";

	printf("| `%s` |", name);
	for (enum thunk thunk = OF_52; thunk < THUNKS; thunk++)
		printf(" %s |", is_in(versions, thunk) ? says[how] : "-");
	if (*what)
		printf(" `%s%s`", how == REFUSED ? "HSAKMT_STATUS_" : "", what);
	printf("%s%s%s |\n", stop, *what ? "" : " ", why);
}

static void print_counts(const char *of, const unsigned count[3])
{
	printf("| %s | %u | %u | %u | %u |\n", of, count[FORWARDED] + count[LOCAL] + count[REFUSED],
	       count[FORWARDED], count[LOCAL], count[REFUSED]);
}

int main(void)
{
	unsigned count[THUNKS][3] = {0};

#define VT_CHAPTER(title)
#define VT_OTHER(name, versions, how, what, why)
#define VT_ENTRY(name, versions, how, what, why)                \
	for (enum thunk thunk = OF_52; thunk < THUNKS; thunk++) \
		count[thunk][how] += is_in(versions, thunk);
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_OTHER
#undef VT_CHAPTER

	puts("# What works\n");
	puts("<!-- Made by guest-thunk/api/support_md.c of guest-thunk/api/entry.def; do not edit. "
	     "-->\n");
	puts(
	    "vthunk's `libhsakmt.so.1` has the functions of AMD's thunks 5.2 (ROCm 5.2) and 6.2.4 "
	    "(ROCm 5.3 to 6.2)\n"
	    "in one library, since structures have kept their layouts. `libdtif.so` has those that "
	    "the runtime of\n"
	    "ROCm 7.2 looks up, with its layouts; it is loaded with `HSA_ENABLE_DTIF=1`. The "
	    "runtimes of ROCm 6.3\n"
	    "and 6.4 have their thunk inside and cannot be given another one.\n");
	puts("Forwarded: to the renderer, by the operations of `proto/wire/op.def` that are named. "
	     "Refused: with\n"
	     "the status of `hsakmttypes.h` that is named.\n");
	puts("| thunk | functions | forwarded | in the library | refused "
	     "|\n|---|---:|---:|---:|---:|");
	print_counts("5.2", count[OF_52]);
	print_counts("6.2.4", count[OF_62]);
	print_counts("7.2", count[OF_72]);
#define VT_CHAPTER(title)         \
	puts("\n## " title "\n\n" \
	     "| function | 5.2 | 6.2.4 | 7.2 | by what, or why |\n|---|---|---|---|---|");
#define VT_OTHER(name, versions, how, what, why) print_row(#name, versions, how, what, why);
#define VT_ENTRY(name, versions, how, what, why) \
	print_row("hsaKmt" #name, versions, how, what, why);
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_OTHER
#undef VT_CHAPTER
	return 0;
}
