/*
 * guest-thunk/cli/words.h - a command line that grows.
 */
#ifndef VT_GUEST_CLI_WORDS_H
#define VT_GUEST_CLI_WORDS_H

#include <stddef.h>
#include <stdio.h>

/* All zeros is an empty one. Not thread-safe. */
struct vt_words {
	char **word; /* owned, as each of them is; NULL behind the last; NULL while there is none */
	size_t num, room;
	int err; /* the first error of adding; nothing is added any more then */
};

/* Adds a word. Errors are kept in err: 0 or -ENOMEM. */
void vt_words_add(struct vt_words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds all words of a list that ends in NULL, as they are. */
void vt_words_add_all(struct vt_words *w, const char *const *list);

/* Frees the words; w is empty again. */
void vt_words_fini(struct vt_words *w);

/* Writes a word such that a shell reads exactly that word. */
void vt_words_print_quoted(FILE *to, const char *word);

#endif
