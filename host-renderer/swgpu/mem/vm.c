/*
 * Objects of a GPU context.
 *
 * Invariant: an object that is being taken away has left its table before the lock is released, so
 * it is taken away once.
 */
#include "host-renderer/swgpu/mem/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "host-renderer/swgpu/mem/backing.h"
#include "host-renderer/swgpu/mem/vm_state.h"
#include "proto/base/check.h"
#include "proto/base/log.h"

/* Where user space ends on x86-64 with four-level page tables. */
#define VA_END (1ull << 47)

int swgpu_vm_create(struct swgpu_vm **out, const struct swgpu_vm_config *config)
{
	struct swgpu_vm *vm = calloc(1, sizeof(*vm));
	pthread_condattr_t attr;

	if (!vm)
		return -ENOMEM;
	vm->config = *config;
	pthread_mutex_init(&vm->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&vm->synced, &attr);
	pthread_condattr_destroy(&attr);
	*out = vm;
	return 0;
}

static void mem_destroy(struct swgpu_mem *mem)
{
	if (mem->desc.kind != SWGPU_MEM_USER)
		swgpu_backing_unmap(mem->fd, mem->desc.va, mem->desc.size);
	free(mem->piece);
	free(mem);
}

static void table_destroy(struct swgpu_mem_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		mem_destroy(table->mem[i]);
	free(table->mem);
}

void swgpu_vm_destroy(struct swgpu_vm *vm)
{
	if (!vm)
		return;
	table_destroy(&vm->users);
	table_destroy(&vm->allocs);
	swgpu_rangeset_fini(&vm->mapped);
	pthread_cond_destroy(&vm->synced);
	pthread_mutex_destroy(&vm->lock);
	free(vm);
}

/* What `kind` is counted in; NULL: it costs nothing. */
static uint64_t *used(struct swgpu_vm *vm, enum swgpu_mem_kind kind, uint64_t *ret_limit)
{
	if (kind == SWGPU_MEM_VRAM) {
		*ret_limit = vm->config.vram_bytes;
		return &vm->vram_used;
	}
	*ret_limit = vm->config.system_bytes;
	return kind == SWGPU_MEM_SYSTEM ? &vm->system_used : NULL;
}

static int charge(struct swgpu_vm *vm, enum swgpu_mem_kind kind, uint64_t size)
{
	uint64_t limit, *count;
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	count = used(vm, kind, &limit);
	if (count && (size > limit || *count > limit - size))
		err = -ENOMEM;
	else if (count)
		*count += size;
	pthread_mutex_unlock(&vm->lock);
	return err;
}

static void uncharge_locked(struct swgpu_vm *vm, enum swgpu_mem_kind kind, uint64_t size)
{
	uint64_t limit, *count = used(vm, kind, &limit);

	if (count)
		*count -= size;
}

static int back(struct swgpu_mem *mem)
{
	struct swgpu_mem_desc *desc = &mem->desc;

	if (desc->kind == SWGPU_MEM_RESERVE)
		return swgpu_backing_reserve(desc->va, desc->size, &desc->va);
	return swgpu_backing_map(desc->va, desc->size, &mem->fd, &desc->va);
}

int swgpu_vm_alloc(struct swgpu_vm *vm, const struct swgpu_mem_desc *desc, uint64_t *ret_va)
{
	struct swgpu_mem *mem;
	int err;

	if (!desc->size || (desc->size | desc->va) % SWGPU_PAGE || desc->va >= VA_END ||
	    desc->size > VA_END - desc->va || desc->kind == SWGPU_MEM_USER)
		return -EINVAL;
	mem = calloc(1, sizeof(*mem));
	if (!mem)
		return -ENOMEM;
	mem->desc = *desc;
	mem->fd = -1;
	err = charge(vm, desc->kind, desc->size);
	if (err < 0)
		goto free_mem;
	err = back(mem);
	if (err == 0) {
		pthread_mutex_lock(&vm->lock);
		err = swgpu_table_insert(&vm->allocs, swgpu_table_index(&vm->allocs, mem->desc.va),
					 mem);
		pthread_mutex_unlock(&vm->lock);
		if (err == 0) {
			*ret_va = mem->desc.va;
			return 0;
		}
		swgpu_backing_unmap(mem->fd, mem->desc.va, mem->desc.size);
	}
	pthread_mutex_lock(&vm->lock);
	uncharge_locked(vm, desc->kind, desc->size);
	pthread_mutex_unlock(&vm->lock);
free_mem:
	free(mem);
	return err;
}

/* Ends mem, which is in no table any more. Releases the lock. */
static void retire_unlock(struct swgpu_vm *vm, struct swgpu_mem *mem)
{
	bool was_mapped = swgpu_mem_unmap_locked(vm, mem, mem->desc.va);
	int err = was_mapped ? swgpu_vm_wait_grace_locked(vm) : 0;
	bool code = was_mapped && mem->desc.executable;

	if (err == 0)
		uncharge_locked(vm, mem->desc.kind, mem->desc.size);
	pthread_mutex_unlock(&vm->lock);
	if (code && vm->config.code_gone)
		vm->config.code_gone(vm->config.user);
	if (err == 0)
		mem_destroy(mem);
	else
		vt_log(VT_LOG_ERROR, 0, "a GPU thread is stuck: 0x%llx bytes at 0x%llx stay",
		       (unsigned long long)mem->desc.size, (unsigned long long)mem->desc.va);
}

int swgpu_vm_free(struct swgpu_vm *vm, uint64_t va)
{
	struct swgpu_mem *mem;
	size_t i;

	pthread_mutex_lock(&vm->lock);
	i = swgpu_table_index(&vm->allocs, va);
	if (i == vm->allocs.count || vm->allocs.mem[i]->desc.va != va) {
		pthread_mutex_unlock(&vm->lock);
		return -ENOENT;
	}
	mem = vm->allocs.mem[i];
	swgpu_table_remove(&vm->allocs, i);
	retire_unlock(vm, mem);
	return 0;
}

/* Whether [va, va + size) lies in an allocation (1), in none (0), or partly in some (-EINVAL). */
static int in_alloc(struct swgpu_vm *vm, uint64_t va, uint64_t size)
{
	const struct swgpu_mem_desc *desc;
	int ret = 0;
	size_t i;

	pthread_mutex_lock(&vm->lock);
	i = swgpu_table_index(&vm->allocs, va);
	if (i < vm->allocs.count) {
		desc = &vm->allocs.mem[i]->desc;
		if (vt_range_inside(va, size, desc->va, desc->size))
			ret = 1;
		else if (vt_range_meets(va, size, desc->va, desc->size))
			ret = -EINVAL;
	}
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

static uint64_t page_floor(uint64_t va)
{
	return va & ~(SWGPU_PAGE - 1);
}

static uint64_t page_ceil(uint64_t va)
{
	return page_floor(va + SWGPU_PAGE - 1);
}

int swgpu_vm_register(struct swgpu_vm *vm, const struct swgpu_mem_desc *desc)
{
	uint64_t lo = page_floor(desc->va), hi;
	struct swgpu_mem *mem;
	int err;

	if (!desc->va || !desc->size || desc->va >= VA_END || desc->size > VA_END - desc->va)
		return -EINVAL;
	err = in_alloc(vm, desc->va, desc->size);
	if (err)
		return err < 0 ? err : 0;
	hi = page_ceil(desc->va + desc->size);
	if (swgpu_backing_pin(lo, hi - lo, !desc->read_only) < 0)
		return -EINVAL;
	mem = calloc(1, sizeof(*mem));
	if (!mem)
		return -ENOMEM;
	mem->desc = *desc;
	mem->desc.kind = SWGPU_MEM_USER;
	mem->fd = -1;
	pthread_mutex_lock(&vm->lock);
	err = swgpu_table_insert(&vm->users, vm->users.count, mem);
	pthread_mutex_unlock(&vm->lock);
	if (err < 0)
		free(mem);
	return err;
}

/* Index of the latest registration that starts at va, or, unless `exact`, holds it; one that is
 * mapped if `mapped` is 1, one that is not if 0, any if -1. Or users.count. */
static size_t find_user_locked(const struct swgpu_vm *vm, uint64_t va, bool exact, int mapped)
{
	for (size_t i = vm->users.count; i-- > 0;) {
		const struct swgpu_mem *mem = vm->users.mem[i];

		if (mapped >= 0 && (mem->pieces != 0) != mapped)
			continue;
		if (va == mem->desc.va || (!exact && va >= page_floor(mem->desc.va) &&
					   va < page_ceil(mem->desc.va + mem->desc.size)))
			return i;
	}
	return vm->users.count;
}

int swgpu_vm_deregister(struct swgpu_vm *vm, uint64_t va)
{
	struct swgpu_mem *mem;
	size_t i;

	pthread_mutex_lock(&vm->lock);
	i = find_user_locked(vm, va, true, 0);
	if (i == vm->users.count)
		i = find_user_locked(vm, va, true, 1);
	if (i == vm->users.count) {
		pthread_mutex_unlock(&vm->lock);
		return -ENOENT;
	}
	mem = vm->users.mem[i];
	swgpu_table_remove(&vm->users, i);
	retire_unlock(vm, mem);
	return 0;
}

/* The object that a call on va means. `mapped` as above, a preference among registrations. */
static struct swgpu_mem *find_locked(const struct swgpu_vm *vm, uint64_t va, int mapped)
{
	struct swgpu_mem *mem = swgpu_table_find(&vm->allocs, va);
	size_t i;

	if (mem)
		return mem;
	va &= ~SWGPU_VA_ALIAS;
	i = find_user_locked(vm, va, true, mapped);
	if (i == vm->users.count)
		i = find_user_locked(vm, va, true, -1);
	if (i == vm->users.count)
		i = find_user_locked(vm, va, false, mapped);
	if (i == vm->users.count)
		i = find_user_locked(vm, va, false, -1);
	return i < vm->users.count ? vm->users.mem[i] : NULL;
}

/* va, an address of this process, as the program is told it for mem. */
static uint64_t gpu_va(const struct swgpu_mem *mem, uint64_t va)
{
	return mem->desc.kind == SWGPU_MEM_USER ? va | SWGPU_VA_ALIAS : va;
}

int swgpu_vm_map(struct swgpu_vm *vm, uint64_t va, uint64_t size, uint64_t *ret_gpu_va)
{
	struct swgpu_mem *mem;
	uint64_t lo, hi;
	int err = -ENOENT;

	if (va >= VA_END || size > VA_END - va || !size)
		return -ENOENT;
	pthread_mutex_lock(&vm->lock);
	mem = find_locked(vm, va, 0);
	if (mem) {
		lo = page_floor(mem->desc.va);
		hi = page_ceil(mem->desc.va + mem->desc.size);
		if (page_ceil(va + size) <= hi && page_floor(va) >= lo)
			err = swgpu_mem_map_locked(vm, mem, page_floor(va), page_ceil(va + size));
	}
	if (err == 0)
		*ret_gpu_va = gpu_va(mem, va);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int swgpu_vm_unmap(struct swgpu_vm *vm, uint64_t va)
{
	struct swgpu_mem *mem;
	bool code = false;
	int err = -ENOENT;

	pthread_mutex_lock(&vm->lock);
	mem = find_locked(vm, va, 1);
	if (mem) {
		err = 0;
		if (swgpu_mem_unmap_locked(vm, mem, va)) {
			code = mem->desc.executable;
			swgpu_vm_wait_grace_locked(vm);
		}
	}
	pthread_mutex_unlock(&vm->lock);
	if (code && vm->config.code_gone)
		vm->config.code_gone(vm->config.user);
	return err;
}

int swgpu_vm_query(struct swgpu_vm *vm, uint64_t va, struct swgpu_mem_info *ret)
{
	struct swgpu_mem *mem;

	pthread_mutex_lock(&vm->lock);
	mem = find_locked(vm, va, -1);
	if (mem)
		*ret = (struct swgpu_mem_info){
		    .kind = mem->desc.kind,
		    .va = mem->desc.va,
		    .size = mem->desc.size,
		    .gpu_va = gpu_va(mem, mem->desc.va),
		    .flags = mem->desc.flags,
		    .mapped = mem->pieces != 0,
		    .user_data = mem->user_data,
		};
	pthread_mutex_unlock(&vm->lock);
	return mem ? 0 : -ENOENT;
}

int swgpu_vm_set_user_data(struct swgpu_vm *vm, uint64_t va, void *user_data)
{
	struct swgpu_mem *mem;

	pthread_mutex_lock(&vm->lock);
	mem = find_locked(vm, va, -1);
	if (mem)
		mem->user_data = user_data;
	pthread_mutex_unlock(&vm->lock);
	return mem ? 0 : -ENOENT;
}

int swgpu_vm_export(struct swgpu_vm *vm, uint64_t va, uint64_t size, int *ret_fd,
		    uint64_t *ret_offset)
{
	struct swgpu_mem *mem;
	int fd, err = 0;

	pthread_mutex_lock(&vm->lock);
	mem = swgpu_table_find(&vm->allocs, va);
	if (!mem)
		err = -ENOENT;
	else if (!vt_range_inside(va, size, mem->desc.va, mem->desc.size))
		err = -EINVAL;
	else if (mem->fd < 0)
		err = -EOPNOTSUPP;
	fd = err ? -1 : fcntl(mem->fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0) {
		*ret_fd = fd;
		*ret_offset = va - mem->desc.va;
	} else if (!err) {
		err = -EMFILE;
	}
	pthread_mutex_unlock(&vm->lock);
	return err;
}

uint64_t swgpu_vm_vram_free(struct swgpu_vm *vm)
{
	uint64_t left;

	pthread_mutex_lock(&vm->lock);
	left = vm->config.vram_bytes - vm->vram_used;
	pthread_mutex_unlock(&vm->lock);
	return left;
}
