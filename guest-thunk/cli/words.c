/* A command line that grows. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/cli/words.h"

#define STEP 64

static void make_room(struct vt_words *w)
{
	char **more;

	if (w->num + 1 < w->room)
		return;
	more = reallocarray(w->word, w->room + STEP, sizeof(*more));
	if (!more) {
		w->err = -ENOMEM;
		return;
	}
	w->word = more;
	w->room += STEP;
}

static void take(struct vt_words *w, char *word)
{
	if (!word)
		w->err = -ENOMEM;
	if (!w->err)
		make_room(w);
	if (w->err) {
		free(word);
		return;
	}
	w->word[w->num++] = word;
	w->word[w->num] = NULL;
}

void vt_words_add(struct vt_words *w, const char *fmt, ...)
{
	va_list args;
	char *word;

	if (w->err)
		return;
	va_start(args, fmt);
	if (vasprintf(&word, fmt, args) < 0)
		word = NULL;
	va_end(args);
	take(w, word);
}

void vt_words_add_all(struct vt_words *w, const char *const *list)
{
	for (; *list && !w->err; list++)
		take(w, strdup(*list));
}

void vt_words_fini(struct vt_words *w)
{
	for (size_t i = 0; i < w->num; i++)
		free(w->word[i]);
	free(w->word);
	memset(w, 0, sizeof(*w));
}

void vt_words_print_quoted(FILE *to, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=:,./@%";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, to);
		return;
	}
	putc('\'', to);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	}
	putc('\'', to);
}
