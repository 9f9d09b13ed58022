/* Prints docs/support.md: the table of functions of entry.def for users. */
#include <stdio.h>

enum how { FORWARDED, LOCAL, REFUSED };

static void print_entry(const char *name, enum how how, const char *what, const char *why)
{
	const char *stop = *what && *why ? "; " : "";

	switch (how) {
	case FORWARDED: printf("| `%s` | forwarded | `%s`%s%s |\n", name, what, stop, why); break;
	case LOCAL: printf("| `%s` | in the library | %s |\n", name, why); break;
	case REFUSED:
		printf("| `%s` | refused | `HSAKMT_STATUS_%s`%s%s |\n", name, what, stop, why);
		break;
	}
}

int main(void)
{
	unsigned count[3] = {0};

#define VT_CHAPTER(title)
#define VT_ENTRY(name, how, what, why) count[how]++;
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_CHAPTER

	puts("# What works\n");
	puts("<!-- Made by guest-thunk/api/support_md.c of guest-thunk/api/entry.def; do not edit. "
	     "-->\n");
	printf("vthunk's `libhsakmt.so.1` has the %u functions of AMD's thunk 5.2 (ROCm 5.2). %u "
	       "are forwarded to\n"
	       "the renderer, by the operations of `proto/wire/op.def` that are named; %u are "
	       "answered in the library\n"
	       "itself; %u are refused, with the status of `hsakmttypes.h` that is named.\n",
	       count[FORWARDED] + count[LOCAL] + count[REFUSED], count[FORWARDED], count[LOCAL],
	       count[REFUSED]);
#define VT_CHAPTER(title) \
	puts("\n## " title "\n\n| function | how | by what, or why |\n|---|---|---|");
#define VT_ENTRY(name, how, what, why) print_entry("hsaKmt" #name, how, what, why);
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_CHAPTER
	return 0;
}
