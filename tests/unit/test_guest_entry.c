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

#include "proto/wire/op.h"
#include "tests/support/vt_test.h"

enum how { FORWARDED, LOCAL, REFUSED };
enum versions { ALL, TO_52, FROM_62 };

struct entry {
	const char *name;
	enum versions versions;
	enum how how;
	const char *what; /* operations, or a status */
};

static const struct entry entries[] = {
#define VT_CHAPTER(title)
#define VT_DRM(name, versions, how, what, why)
#define VT_ENTRY(name, versions, how, what, why) {"hsaKmt" #name, versions, how, what},
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_DRM
};

static const char *const drm_names[] = {
#define VT_DRM(name, versions, how, what, why) #name,
#define VT_ENTRY(name, versions, how, what, why)
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_DRM
#undef VT_CHAPTER
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

static bool is_known(const char *name)
{
	for (size_t i = 0; i < VT_ARRAY_LEN(drm_names); i++)
		if (strcmp(drm_names[i], name) == 0)
			return true;
	return find(name);
}

VT_TEST(entry, is_what_the_library_exports)
{
	FILE *nm = popen("nm -D --defined-only " VT_GUEST_LIBRARY, "r");
	char line[512], name[256];
	size_t seen = 0;

	VT_ASSERT(nm);
	while (fgets(line, sizeof(line), nm)) {
		char *at;

		if (sscanf(line, "%*s T %255s", name) != 1)
			continue;
		at = strchr(name, '@');
		VT_ASSERT_MSG(at && strcmp(at, "@@HSAKMT_1") == 0, "%s has another version", name);
		*at = '\0';
		VT_ASSERT_MSG(is_known(name), "%s is exported but has no row", name);
		seen++;
	}
	VT_ASSERT_EQ(pclose(nm), 0);
	VT_ASSERT_EQ(seen, VT_ARRAY_LEN(entries) + VT_ARRAY_LEN(drm_names));
}

/* As many as AMD's libraries have. */
VT_TEST(entry, counts_are_those_of_the_thunks)
{
	unsigned old = 0, late = 0;

	for (size_t i = 0; i < VT_ARRAY_LEN(entries); i++) {
		old += entries[i].versions != FROM_62;
		late += entries[i].versions != TO_52;
	}
	VT_ASSERT_EQ(old, 67);
	VT_ASSERT_EQ(late, 88);
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

		if (entries[i].versions != ALL)
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

static any_fn *load(const char *name)
{
	void *library = dlopen(VT_GUEST_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	any_fn *fn;

	VT_ASSERT_MSG(library, "%s", dlerror());
	*(void **)&fn = dlvsym(library, name, "HSAKMT_1");
	VT_ASSERT_MSG(fn, "%s", dlerror());
	return fn;
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

VT_TEST_ROWS(entry, is_harmless_before_open, VT_ARRAY_LEN(entries))
{
	const struct entry *e = &entries[row];
	HSAKMT_STATUS status;

	setenv("VTHUNK_SOCKET", "/nowhere/there/is/a/socket", 1);
	status = load(e->name)(0, 0, 0, 0, 0, 0, 0, 0);
	VT_ASSERT_MSG(is_fit_before_open(e, status), "%s with zeros: status %d", e->name,
		      (int)status);
	status = load(e->name)(1, 4096, 1, 1, 1, 1, 1, 1);
	VT_ASSERT_MSG(strcmp(e->name, "hsaKmtOpenKFD") == 0 || status != HSAKMT_STATUS_SUCCESS ||
			  strcmp(e->name, "hsaKmtReleaseSystemProperties") == 0,
		      "%s: status %d", e->name, (int)status);
}
