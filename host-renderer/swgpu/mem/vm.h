/*
 * mem/vm.h - the memory of one GPU context: what is allocated or registered, and what the GPU maps.
 *
 * A GPU address is the address of the same byte in this process. An object is an allocation (with
 * pages of its own) or a registration of memory that the program owns; the GPU reaches only what
 * swgpu_vm_map() has mapped. Every function may be called from any thread.
 *
 * Taking something away from the GPU waits until no thread uses it any more (mem/tlb.h). A thread
 * between swgpu_tlb_enter and swgpu_tlb_leave must therefore not unmap, free or deregister.
 */
#ifndef SWGPU_MEM_VM_H
#define SWGPU_MEM_VM_H

#include <stdbool.h>
#include <stdint.h>

struct swgpu_vm;

enum swgpu_mem_kind {
	SWGPU_MEM_SYSTEM,
	SWGPU_MEM_VRAM,    /* counted against the limit; otherwise as system memory */
	SWGPU_MEM_RESERVE, /* address space only; mapping it gives the GPU nothing */
	SWGPU_MEM_USER,    /* registered */
};

struct swgpu_vm_config {
	uint64_t vram_bytes, system_bytes; /* limits of what may be allocated */
	/* Optional. Called without a lock when executable memory leaves the GPU. */
	void (*code_gone)(void *user);
	void *user;
};

struct swgpu_mem_desc {
	enum swgpu_mem_kind kind;
	uint64_t va;   /* allocation: where it must be, or 0; registration: its start */
	uint64_t size; /* allocation: whole pages */
	bool read_only, executable;
	uint32_t flags; /* the caller's; comes back in swgpu_mem_info */
};

struct swgpu_mem_info {
	enum swgpu_mem_kind kind;
	uint64_t va, size;
	uint64_t gpu_va; /* as the program is told; registered memory has one of its own */
	uint32_t flags;
	bool mapped; /* some of it is mapped to the GPU */
	void *user_data;
};

/* Returns 0 or -ENOMEM. */
int swgpu_vm_create(struct swgpu_vm **out, const struct swgpu_vm_config *config);

/* Frees every object. No thread may use the vm any more. NULL is fine. */
void swgpu_vm_destroy(struct swgpu_vm *vm);

/* Makes an allocation of zeroed memory. Returns 0; -EINVAL for sizes or addresses that are not
 * whole pages or beyond the address space, -ENOMEM (also for limits), -EEXIST if desc->va is taken.
 */
int swgpu_vm_alloc(struct swgpu_vm *vm, const struct swgpu_mem_desc *desc, uint64_t *ret_va);

/* Frees the allocation that starts at va, unmapping it first. Blocks for the grace period. Returns
 * 0, or -ENOENT where none starts there. */
int swgpu_vm_free(struct swgpu_vm *vm, uint64_t va);

/* Registers memory of this process, which must be mapped in it. Inside an allocation this does
 * nothing. Registrations may overlap. Returns 0, -EINVAL (also where it is not mapped, or not
 * writable) or -ENOMEM. */
int swgpu_vm_register(struct swgpu_vm *vm, const struct swgpu_mem_desc *desc);

/* Ends the latest registration that starts at va. Blocks as swgpu_vm_free. Returns 0 or -ENOENT. */
int swgpu_vm_deregister(struct swgpu_vm *vm, uint64_t va);

/* Maps [va, va + size), rounded out to pages, which must lie in one object, to the GPU. Mapping
 * what is mapped is fine. *ret_gpu_va is va as the program is told. Returns 0, -ENOENT or -ENOMEM.
 */
int swgpu_vm_map(struct swgpu_vm *vm, uint64_t va, uint64_t size, uint64_t *ret_gpu_va);

/* Takes away from the GPU: at an object's start all of it, elsewhere the mapped piece that holds
 * va. Blocks as swgpu_vm_free. Returns 0 (also if nothing was mapped) or -ENOENT (no object). */
int swgpu_vm_unmap(struct swgpu_vm *vm, uint64_t va);

/* The object that holds va, an address of either kind; allocations first, then the latest
 * registration. 0 or -ENOENT. */
int swgpu_vm_query(struct swgpu_vm *vm, uint64_t va, struct swgpu_mem_info *ret);

/* Returns 0 or -ENOENT. */
int swgpu_vm_set_user_data(struct swgpu_vm *vm, uint64_t va, void *user_data);

/* A duplicate, owned by the caller, of the memfd behind [va, va + size), and where in it va is.
 * Returns 0, -ENOENT, -EINVAL (beyond the end), -EOPNOTSUPP (nothing behind it), -EMFILE. */
int swgpu_vm_export(struct swgpu_vm *vm, uint64_t va, uint64_t size, int *ret_fd,
		    uint64_t *ret_offset);

/* Bytes of VRAM that are not allocated. */
uint64_t swgpu_vm_vram_free(struct swgpu_vm *vm);

/* Whether [va, va + len) is mapped to the GPU at this moment. */
bool swgpu_vm_mapped(struct swgpu_vm *vm, uint64_t va, uint64_t len, unsigned access);

#endif
