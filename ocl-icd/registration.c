/*
 * Where loaders look: Debian's (ocl-icd, run_dummy_icd(7) tells of its variables) and Khronos'.
 *   OCL_ICD_VENDORS     a folder; for ocl-icd a .icd file or a library, too
 *   OPENCL_VENDOR_PATH  the folder, for ocl-icd, if that is not set
 *   OCL_ICD_FILENAMES   libraries with colons between them, for Khronos'
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ocl-icd/registration.h"

#define SYSTEM_FOLDER "/etc/OpenCL/vendors"
#define AMD_LIBRARY   "libamdocl64.so"

static bool is_amds(const char *library)
{
	const char *slash = strrchr(library, '/');

	return strncmp(slash ? slash + 1 : library, AMD_LIBRARY, strlen(AMD_LIBRARY)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static bool look_at_file(const char *path, vt_registration_fn *fn, void *arg)
{
	char line[PATH_MAX];
	FILE *file = fopen(path, "re");
	bool end = false;

	if (!file)
		return false;
	if (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		end = is_amds(line) && fn(arg, line);
	}
	fclose(file);
	return end;
}

static bool look_in_folder(const char *folder, vt_registration_fn *fn, void *arg)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX];
	bool end = false;

	if (!dir)
		return false;
	while (!end && (entry = readdir(dir)))
		if (ends_with(entry->d_name, ".icd") &&
		    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) <
			(int)sizeof(path))
			end = look_at_file(path, fn, arg);
	closedir(dir);
	return end;
}

static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

static bool look_at_list(const char *list, vt_registration_fn *fn, void *arg)
{
	char *copy = list ? strdup(list) : NULL, *rest = copy, *library;
	bool end = false;

	while (!end && (library = strsep(&rest, ":")))
		end = is_amds(library) && fn(arg, library);
	free(copy);
	return end;
}

static bool look_where_loader_does(vt_registration_fn *fn, void *arg)
{
	const char *vendors = variable("OCL_ICD_VENDORS");
	const char *folder = variable("OPENCL_VENDOR_PATH");
	char path[PATH_MAX];

	if (look_at_list(variable("OCL_ICD_FILENAMES"), fn, arg))
		return true;
	if (!folder)
		folder = SYSTEM_FOLDER;
	if (!vendors)
		return look_in_folder(folder, fn, arg);
	if (!ends_with(vendors, ".icd"))
		return is_amds(vendors) ? fn(arg, vendors) : look_in_folder(vendors, fn, arg);
	if (!strchr(vendors, '/') &&
	    snprintf(path, sizeof(path), "%s/%s", folder, vendors) < (int)sizeof(path) &&
	    look_at_file(path, fn, arg))
		return true;
	return look_at_file(vendors, fn, arg);
}

void vt_registration_each_read(vt_registration_fn *fn, void *arg)
{
	look_where_loader_does(fn, arg);
}

void vt_registration_each(vt_registration_fn *fn, void *arg)
{
	if (!look_where_loader_does(fn, arg))
		look_in_folder(SYSTEM_FOLDER, fn, arg);
}
