/*
 * Reads the dynamic section of a library that is loaded. It is the dynamic linker's own data, so
 * it is trusted as that is.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ocl-icd/binding.h"

struct imports {
	const struct link_map *map;
	const Elf64_Sym *symbols;
	const char *strings;
	const Elf64_Rela *rela[2]; /* tables: functions called lazily, all others */
	size_t count[2];
};

static const struct link_map *map_of(void *handle)
{
	struct link_map *map;

	return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? map : NULL;
}

/* The C library has made the addresses in the section absolute when it loaded the library. */
static const void *at(const Elf64_Dyn *d)
{
	return (const void *)d->d_un.d_ptr;
}

static bool imports_of(void *handle, struct imports *in)
{
	memset(in, 0, sizeof(*in));
	in->map = map_of(handle);
	if (!in->map)
		return false;
	for (const Elf64_Dyn *d = in->map->l_ld; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_SYMTAB: in->symbols = at(d); break;
		case DT_STRTAB: in->strings = at(d); break;
		case DT_JMPREL: in->rela[0] = at(d); break;
		case DT_PLTRELSZ: in->count[0] = d->d_un.d_val / sizeof(Elf64_Rela); break;
		case DT_RELA: in->rela[1] = at(d); break;
		case DT_RELASZ: in->count[1] = d->d_un.d_val / sizeof(Elf64_Rela); break;
		default: break;
		}
	}
	return in->symbols && in->strings;
}

/* The slot that the relocation fills in with an import, and its name; NULL for other relocations.
 */
static void **import_of(const struct imports *in, const Elf64_Rela *r, const char **name)
{
	const Elf64_Sym *symbol = &in->symbols[ELF64_R_SYM(r->r_info)];
	uint64_t type = ELF64_R_TYPE(r->r_info);

	if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) ||
	    symbol->st_shndx != SHN_UNDEF)
		return NULL;
	*name = in->strings + symbol->st_name;
	return (void **)(in->map->l_addr + r->r_offset);
}

void **vt_binding_find(void *handle, const char *name)
{
	struct imports in;

	if (!imports_of(handle, &in))
		return NULL;
	for (int table = 0; table < 2; table++) {
		for (size_t i = 0; in.rela[table] && i < in.count[table]; i++) {
			const char *found;
			void **slot = import_of(&in, &in.rela[table][i], &found);

			if (slot && strcmp(found, name) == 0)
				return slot;
		}
	}
	return NULL;
}

/* dlsym() searches what a library needs, too; this does not. */
static void *own_symbol(void *handle, const char *name)
{
	const struct link_map *map = map_of(handle);
	void *fn = dlsym(handle, name);
	struct link_map *owner;
	Dl_info info;

	if (!fn || !dladdr1(fn, &info, (void **)&owner, RTLD_DL_LINKMAP) || owner != map)
		return NULL;
	return fn;
}

/* Slots that are filled in at loading are read-only afterwards, and stay so. */
static int set_slot(void **slot, void *value)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *start = (void *)((uintptr_t)slot & ~(page - 1));

	if (mprotect(start, page, PROT_READ | PROT_WRITE) < 0)
		return -errno;
	__atomic_store_n(slot, value, __ATOMIC_RELEASE);
	return 0;
}

int vt_binding_move(void *handle, void *to)
{
	struct imports in;

	if (!imports_of(handle, &in))
		return -ENOEXEC;
	for (int table = 0; table < 2; table++) {
		for (size_t i = 0; in.rela[table] && i < in.count[table]; i++) {
			const char *name;
			void **slot = import_of(&in, &in.rela[table][i], &name);
			void *fn = slot ? own_symbol(to, name) : NULL;
			int err = fn ? set_slot(slot, fn) : 0;

			if (err)
				return err;
		}
	}
	return 0;
}

bool vt_binding_holds(void *handle, const char *text)
{
	const struct link_map *map = map_of(handle);
	int fd = map ? open(map->l_name, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;
	bool holds = false;
	void *file;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file != MAP_FAILED) {
			holds = memmem(file, (size_t)st.st_size, text, strlen(text)) != NULL;
			munmap(file, (size_t)st.st_size);
		}
	}
	close(fd);
	return holds;
}
