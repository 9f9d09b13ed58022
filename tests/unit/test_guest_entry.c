/*
 * The table of functions against the library, AMD's header and the table of operations; and
 * what each function does before the thunk is open.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <hsakmt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/abi/signals.h"
#include "proto/wire/op.h"
#include "tests/support/vt_test.h"

enum how { FORWARDED, LOCAL, REFUSED };
enum versions { ALL, TO_52, FROM_62, FROM_72 };

struct entry {
	const char *name;
	enum versions versions;
	enum how how;
	const char *what; /* operations, or a status */
	bool is_thunk;    /* else of another library */
};

static const struct entry entries[] = {
#define VT_CHAPTER(title)
#define VT_OTHER(name, versions, how, what, why) {#name, versions, how, what, false},
#define VT_ENTRY(name, versions, how, what, why) {"hsaKmt" #name, versions, how, what, true},
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_OTHER
#undef VT_CHAPTER
};

static const struct library {
	const char *path, *node; /* version node of its symbols */
	bool is_dtif, is_swgpu;
} libraries[] = {
    {VT_GUEST_LIBRARY, "@@HSAKMT_1", false, false},
    {VT_SWGPU_LIBRARY, "@@HSAKMT_1", false, true},
    {VT_GUEST_DTIF, "", true, false},
    {VT_SWGPU_DTIF, "", true, true},
};

static const struct {
	const char *name;
	HSAKMT_STATUS status;
} statuses[] = {
    {"NOT_SUPPORTED", HSAKMT_STATUS_NOT_SUPPORTED},
    {"NOT_IMPLEMENTED", HSAKMT_STATUS_NOT_IMPLEMENTED},
};

static const struct entry *find(const char *name)
{
	for (size_t i = 0; i < VT_ARRAY_LEN(entries); i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

static bool is_in(const struct entry *e, const struct library *l)
{
	return l->is_dtif ? e->versions != TO_52 : e->versions != FROM_72;
}

VT_TEST_ROWS(entry, is_what_a_library_exports, VT_ARRAY_LEN(libraries))
{
	const struct library *l = &libraries[row];
	char line[512], name[256];
	size_t seen = 0, wanted = 0;
	FILE *nm;

	snprintf(line, sizeof(line), "nm -D --defined-only %s", l->path);
	nm = popen(line, "r");
	VT_ASSERT(nm);
	while (fgets(line, sizeof(line), nm)) {
		size_t len;

		if (sscanf(line, "%*s T %255s", name) != 1)
			continue;
		len = strcspn(name, "@");
		VT_ASSERT_MSG(strcmp(name + len, l->node) == 0, "%s has another version", name);
		name[len] = '\0';
		if (l->is_swgpu && strcmp(name, VT_TELL_SIGNALS_NAME) == 0)
			continue; /* the one of our own */
		VT_ASSERT_MSG(find(name) && is_in(find(name), l), "%s: no row for %s", l->path,
			      name);
		seen++;
	}
	VT_ASSERT_EQ(pclose(nm), 0);
	for (size_t i = 0; i < VT_ARRAY_LEN(entries); i++)
		wanted += is_in(&entries[i], l);
	VT_ASSERT_EQ(seen, wanted);
}

/* As many as AMD's libraries have, and libhsa-runtime64 7.2.4 looks up. */
VT_TEST(entry, counts_are_those_of_the_thunks)
{
	unsigned count[3] = {0};

	for (size_t i = 0; i < VT_ARRAY_LEN(entries); i++) {
		enum versions v = entries[i].versions;

		count[0] += entries[i].is_thunk && (v == ALL || v == TO_52);
		count[1] += entries[i].is_thunk && (v == ALL || v == FROM_62);
		count[2] += v != TO_52;
	}
	VT_ASSERT_EQ(count[0], 67);
	VT_ASSERT_EQ(count[1], 88);
	VT_ASSERT_EQ(count[2], 106);
}

/* The text of a header of AMD's, of whichever version it is here. */
static void read_header(const char *name, char *text, size_t room)
{
	char path[256];
	FILE *header;
	size_t len;

	snprintf(path, sizeof(path), "/usr/include/%s", name);
	header = fopen(path, "r");
	if (!header) {
		snprintf(path, sizeof(path), "/usr/include/hsakmt/%s", name);
		header = fopen(path, "r");
	}
	VT_ASSERT(header);
	len = fread(text, 1, room - 1, header);
	text[len] = '\0';
	fclose(header);
}

/* Every row of ROCm 5.2 is a function of AMD's header. (That declares one that its library does not
 * have.) */
VT_TEST(entry, is_in_the_header)
{
	static char text[1 << 16];

	read_header("hsakmt.h", text, sizeof(text));
	for (size_t i = 0; i < VT_ARRAY_LEN(entries); i++) {
		const char *at = text;
		size_t n = strlen(entries[i].name);

		if (entries[i].versions != ALL || !entries[i].is_thunk)
			continue;
		while ((at = strstr(at, entries[i].name)) &&
		       (isalnum((unsigned char)at[n]) || at[n] == '_'))
			at += n;
		VT_ASSERT_MSG(at, "%s is not in hsakmt.h", entries[i].name);
	}
}

static bool is_op(const char *name, size_t len)
{
	for (unsigned op = 0; op < VT_OP_COUNT; op++) {
		const struct vt_op_info *info = vt_op_info(op);

		if (info && strlen(info->name) == len && strncmp(info->name, name, len) == 0)
			return true;
	}
	return false;
}

VT_TEST_ROWS(entry, names_what_there_is, VT_ARRAY_LEN(entries))
{
	const struct entry *e = &entries[row];
	const char *at = e->what;
	bool known = false;

	for (size_t i = row + 1; i < VT_ARRAY_LEN(entries); i++)
		VT_ASSERT_MSG(strcmp(e->name, entries[i].name) != 0, "%s has two rows", e->name);
	for (size_t i = 0; e->how == REFUSED && i < VT_ARRAY_LEN(statuses); i++)
		known |= strcmp(statuses[i].name, e->what) == 0;
	if (!e->is_thunk)
		return;
	VT_ASSERT_MSG(e->how != REFUSED || known, "%s: no status %s", e->name, e->what);
	VT_ASSERT_MSG(e->how == FORWARDED ? *at : e->how == REFUSED || !*at, "%s: operations",
		      e->name);
	while (e->how == FORWARDED && *at) {
		size_t len = strcspn(at, " ");

		VT_ASSERT_MSG(is_op(at, len), "%s: no operation %.*s", e->name, (int)len, at);
		at += len + (at[len] == ' ');
	}
}

/* All their arguments are integers and pointers, so that one type of call serves. */
typedef HSAKMT_STATUS any_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
			     uint64_t);

static any_fn *load(const char *path, const char *name)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	any_fn *fn;

	VT_ASSERT_MSG(library, "%s", dlerror());
	*(void **)&fn = dlsym(library, name);
	VT_ASSERT_MSG(fn, "%s", dlerror());
	return fn;
}

/* These have an answer without a connection. */
static bool is_ready_before_open(const struct entry *e)
{
	return strcmp(e->name, "hsaKmtReleaseSystemProperties") == 0 ||
	       strcmp(e->name, "hsaKmtModelEnabled") == 0;
}

static bool is_fit_before_open(const struct entry *e, HSAKMT_STATUS status)
{
	if (strcmp(e->name, "hsaKmtReleaseSystemProperties") == 0)
		return status == HSAKMT_STATUS_SUCCESS;
	for (size_t i = 0; e->how == REFUSED && i < VT_ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].name, e->what) == 0 && status == statuses[i].status)
			return true;
	return status == HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED ||
	       status == HSAKMT_STATUS_INVALID_PARAMETER;
}

static void check_before_open(const struct entry *e, const char *path)
{
	any_fn *fn = load(path, e->name);
	HSAKMT_STATUS status = fn(0, 0, 0, 0, 0, 0, 0, 0);

	VT_ASSERT_MSG(is_fit_before_open(e, status), "%s with zeros: status %d", e->name,
		      (int)status);
	if (is_ready_before_open(e))
		return;
	status = fn(1, 4096, 1, 1, 1, 1, 1, 1);
	VT_ASSERT_MSG(strcmp(e->name, "hsaKmtOpenKFD") == 0 || status != HSAKMT_STATUS_SUCCESS,
		      "%s: status %d", e->name, (int)status);
}

VT_TEST_ROWS(entry, is_harmless_before_open, VT_ARRAY_LEN(entries))
{
	const struct entry *e = &entries[row];

	setenv("VTHUNK_SOCKET", "/nowhere/there/is/a/socket", 1);
	if (e->is_thunk && e->versions != FROM_72)
		check_before_open(e, VT_GUEST_LIBRARY);
	if (e->is_thunk && e->versions != TO_52)
		check_before_open(e, VT_GUEST_DTIF);
}
