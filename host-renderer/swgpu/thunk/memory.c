/*
 * Memory: allocation, mapping, registration and pointer information.
 */
#include <errno.h>
#include <sys/mman.h>

#include "host-renderer/swgpu/thunk/thunk.h"
#include "proto/base/check.h"

#define PAGE_BYTES 4096ull

static uint64_t va_of(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static struct swgpu_vm *vm_of(struct swgpu_thunk *t)
{
	return swgpu_device_peek_vm(t->dev);
}

static enum swgpu_mem_kind kind_of(HSAuint32 node, HsaMemFlags flags)
{
	if (flags.ui32.Scratch)
		return SWGPU_MEM_RESERVE;
	return node == SWGPU_GPU_NODE && flags.ui32.NonPaged ? SWGPU_MEM_VRAM : SWGPU_MEM_SYSTEM;
}

/* An address that is a multiple of align and free at this moment; 0: none. */
static uint64_t find_aligned(uint64_t size, uint64_t align)
{
	uint64_t va;
	void *at;

	if (size > UINT64_MAX - align)
		return 0;
	at =
	    mmap(NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return 0;
	va = (va_of(at) + align - 1) & ~(align - 1);
	munmap(at, size + align);
	return va;
}

/* Another thread may take the address meanwhile: then the next one is tried. */
static int alloc_at(struct swgpu_vm *vm, struct swgpu_mem_desc *desc, uint64_t align, uint64_t *ret)
{
	int err = -EEXIST;

	if (desc->va || align <= PAGE_BYTES)
		return swgpu_vm_alloc(vm, desc, ret);
	for (unsigned tries = 0; err == -EEXIST && tries < 16; tries++) {
		desc->va = find_aligned(desc->size, align);
		err = desc->va ? swgpu_vm_alloc(vm, desc, ret) : -ENOMEM;
	}
	return err;
}

static HSAKMT_STATUS alloc(struct swgpu_thunk *t, HSAuint32 node, HSAuint64 size, uint64_t align,
			   HsaMemFlags flags, void **address)
{
	struct swgpu_mem_desc desc = {
	    .kind = kind_of(node, flags),
	    .va = flags.ui32.FixedAddress ? va_of(*address) : 0,
	    .size = size,
	    .read_only = flags.ui32.ReadOnly,
	    .executable = flags.ui32.ExecuteAccess,
	    .flags = flags.Value,
	};
	uint64_t va;
	int err;

	if (flags.ui32.FixedAddress && !desc.va)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	err = alloc_at(vm_of(t), &desc, align, &va);
	if (err < 0)
		return err == -EINVAL ? HSAKMT_STATUS_INVALID_PARAMETER : HSAKMT_STATUS_NO_MEMORY;
	*address = (void *)(uintptr_t)va;
	return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtAllocMemoryAlign(HSAuint32 PreferredNode, HSAuint64 SizeInBytes,
				     HSAuint64 Alignment, HsaMemFlags MemFlags,
				     void **MemoryAddress)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (PreferredNode >= SWGPU_NUM_NODES)
		status = HSAKMT_STATUS_INVALID_NODE_UNIT;
	else if (Alignment && (Alignment < PAGE_BYTES || !vt_is_pow2(Alignment)))
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else if (Alignment && MemFlags.ui32.Scratch)
		status = HSAKMT_STATUS_NOT_IMPLEMENTED; /* as AMD's */
	else if (!MemoryAddress || MemFlags.ui32.GDSMemory ||
		 (MemFlags.ui32.Scratch && PreferredNode != SWGPU_GPU_NODE))
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else
		status = alloc(t, PreferredNode, SizeInBytes, Alignment, MemFlags, MemoryAddress);
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtAllocMemory(HSAuint32 PreferredNode, HSAuint64 SizeInBytes,
				HsaMemFlags MemFlags, void **MemoryAddress)
{
	return hsaKmtAllocMemoryAlign(PreferredNode, SizeInBytes, 0, MemFlags, MemoryAddress);
}

/* Node 0 has no memory of its own: ERROR, as AMD's. */
HSAKMT_STATUS hsaKmtAvailableMemory(HSAuint32 Node, HSAuint64 *AvailableBytes)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_SUCCESS;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (!AvailableBytes)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else if (Node >= SWGPU_NUM_NODES)
		status = HSAKMT_STATUS_INVALID_NODE_UNIT;
	else if (Node != SWGPU_GPU_NODE)
		status = HSAKMT_STATUS_ERROR;
	else
		*AvailableBytes = swgpu_vm_vram_free(vm_of(t));
	swgpu_thunk_put(t);
	return status;
}

/* The size is not looked at: an allocation is freed as a whole. */
HSAKMT_STATUS hsaKmtFreeMemory(void *MemoryAddress, HSAuint64 SizeInBytes)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	(void)SizeInBytes;
	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (MemoryAddress)
		status = swgpu_vm_free(vm_of(t), va_of(MemoryAddress)) == 0
			     ? HSAKMT_STATUS_SUCCESS
			     : HSAKMT_STATUS_MEMORY_NOT_REGISTERED;
	swgpu_thunk_put(t);
	return status;
}

static HSAKMT_STATUS do_register(const void *address, HSAuint64 size, HsaMemFlags flags)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	struct swgpu_mem_desc desc = {
	    .va = va_of(address),
	    .size = size,
	    .read_only = flags.ui32.ReadOnly,
	    .executable = flags.ui32.ExecuteAccess,
	    .flags = flags.Value,
	};
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	status = swgpu_status(swgpu_vm_register(vm_of(t), &desc));
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtRegisterMemory(void *MemoryAddress, HSAuint64 MemorySizeInBytes)
{
	HsaMemFlags flags = {.Value = 0};

	return do_register(MemoryAddress, MemorySizeInBytes, flags);
}

/* The node list of a call. 0 nodes with no array is all of them, where `optional`. */
static HSAKMT_STATUS check_nodes(HSAuint64 count, const HSAuint32 *nodes, bool optional)
{
	if (optional && !count)
		return HSAKMT_STATUS_SUCCESS;
	if (!nodes || !count || count > SWGPU_NUM_NODES)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	for (HSAuint64 i = 0; i < count; i++)
		if (nodes[i] != SWGPU_GPU_NODE)
			return HSAKMT_STATUS_INVALID_NODE_UNIT;
	return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtRegisterMemoryToNodes(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					  HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	HsaMemFlags flags = {.Value = 0};
	HSAKMT_STATUS status = check_nodes(NumberOfNodes, NodeArray, false);

	return status ? status : do_register(MemoryAddress, MemorySizeInBytes, flags);
}

HSAKMT_STATUS hsaKmtRegisterMemoryWithFlags(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					    HsaMemFlags MemFlags)
{
	if (!MemFlags.ui32.HostAccess || MemFlags.ui32.NonPaged)
		return HSAKMT_STATUS_NOT_SUPPORTED;
	return do_register(MemoryAddress, MemorySizeInBytes, MemFlags);
}

HSAKMT_STATUS hsaKmtDeregisterMemory(void *MemoryAddress)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (MemoryAddress)
		status = swgpu_vm_deregister(vm_of(t), va_of(MemoryAddress)) == 0
			     ? HSAKMT_STATUS_SUCCESS
			     : HSAKMT_STATUS_MEMORY_NOT_REGISTERED;
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtMapMemoryToGPU(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
				   HSAuint64 *AlternateVAGPU)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;
	uint64_t gpu_va;
	int err;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (MemoryAddress && MemorySizeInBytes) {
		err = swgpu_vm_map(vm_of(t), va_of(MemoryAddress), MemorySizeInBytes, &gpu_va);
		status = err == -ENOENT ? HSAKMT_STATUS_MEMORY_NOT_REGISTERED : swgpu_status(err);
		if (!err && AlternateVAGPU)
			*AlternateVAGPU = gpu_va;
	}
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtMapMemoryToGPUNodes(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					HSAuint64 *AlternateVAGPU, HsaMemMapFlags MemMapFlags,
					HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	HSAKMT_STATUS status = check_nodes(NumberOfNodes, NodeArray, false);

	(void)MemMapFlags;
	return status ? status
		      : hsaKmtMapMemoryToGPU(MemoryAddress, MemorySizeInBytes, AlternateVAGPU);
}

/* NULL is fine: the runtime of ROCm 5.2 does that. */
HSAKMT_STATUS hsaKmtUnmapMemoryToGPU(void *MemoryAddress)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_SUCCESS;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (MemoryAddress && swgpu_vm_unmap(vm_of(t), va_of(MemoryAddress)) < 0)
		status = HSAKMT_STATUS_MEMORY_NOT_REGISTERED;
	swgpu_thunk_put(t);
	return status;
}

static void tell_pointer(const struct swgpu_mem_info *mem, HsaPointerInfo *out)
{
	static const HSAuint32 gpu[] = {SWGPU_GPU_NODE};
	bool user = mem->kind == SWGPU_MEM_USER;

	*out = (HsaPointerInfo){
	    .Type = user ? HSA_POINTER_REGISTERED_USER : HSA_POINTER_ALLOCATED,
	    .Node = mem->kind == SWGPU_MEM_VRAM ? SWGPU_GPU_NODE : SWGPU_CPU_NODE,
	    .CPUAddress = (void *)(uintptr_t)mem->va,
	    .GPUAddress = mem->gpu_va,
	    .SizeInBytes = mem->size,
	    .NRegisteredNodes = user,
	    .RegisteredNodes = user ? gpu : NULL,
	    .NMappedNodes = mem->mapped,
	    .MappedNodes = mem->mapped ? gpu : NULL,
	    .UserData = mem->user_data,
	};
	out->MemFlags.Value = mem->flags;
}

HSAKMT_STATUS hsaKmtQueryPointerInfo(const void *Pointer, HsaPointerInfo *PointerInfo)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;
	struct swgpu_mem_info mem;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (PointerInfo) {
		*PointerInfo = (HsaPointerInfo){.Type = HSA_POINTER_UNKNOWN};
		status = HSAKMT_STATUS_ERROR;
		if (swgpu_vm_query(vm_of(t), va_of(Pointer), &mem) == 0) {
			tell_pointer(&mem, PointerInfo);
			status = HSAKMT_STATUS_SUCCESS;
		}
	}
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtSetMemoryUserData(const void *Pointer, void *UserData)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_ERROR;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (!Pointer)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else if (swgpu_vm_set_user_data(vm_of(t), va_of(Pointer), UserData) == 0)
		status = HSAKMT_STATUS_SUCCESS;
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtExportDMABufHandle(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
				       int *DMABufFd, HSAuint64 *Offset)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;
	uint64_t offset;
	int err;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (MemoryAddress && DMABufFd && Offset) {
		err = swgpu_vm_export(vm_of(t), va_of(MemoryAddress), MemorySizeInBytes, DMABufFd,
				      &offset);
		if (err == 0) {
			*Offset = offset;
			status = HSAKMT_STATUS_SUCCESS;
		} else if (err == -EMFILE) {
			status = HSAKMT_STATUS_OUT_OF_RESOURCES;
		} else if (err == -EOPNOTSUPP) {
			status = HSAKMT_STATUS_NOT_SUPPORTED;
		}
	}
	swgpu_thunk_put(t);
	return status;
}
