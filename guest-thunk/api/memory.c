/* Chapter: memory. */
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest-thunk/api/api.h"
#include "guest-thunk/client/mode.h"
#include "proto/base/check.h"

static uint64_t page_size_of(HsaMemFlags flags)
{
	switch (flags.ui32.PageSize) {
	case HSA_PAGE_SIZE_64KB: return UINT64_C(64) << 10;
	case HSA_PAGE_SIZE_2MB: return UINT64_C(2) << 20;
	case HSA_PAGE_SIZE_1GB: return UINT64_C(1) << 30;
	default: return (uint64_t)sysconf(_SC_PAGESIZE);
	}
}

static int check_alloc(const struct vt_session *s, HSAuint32 node, HSAuint64 size, HSAuint64 align,
		       HsaMemFlags flags, void *const *address)
{
	int err = vt_api_check_node(s, node);

	if (err)
		return err;
	if (align && (align < page_size_of(flags) || !vt_is_pow2(align)))
		return -EINVAL;
	if (!address || !size || size & (page_size_of(flags) - 1))
		return -EINVAL;
	if (flags.ui32.FixedAddress && !*address)
		return -EINVAL;
	return 0;
}

VT_API HSAKMT_STATUS hsaKmtAllocMemoryAlign(HSAuint32 PreferredNode, HSAuint64 SizeInBytes,
					    HSAuint64 Alignment, HsaMemFlags MemFlags,
					    void **MemoryAddress)
{
	struct vt_session *s = vt_api_enter();
	uint64_t va;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = check_alloc(s, PreferredNode, SizeInBytes, Alignment, MemFlags, MemoryAddress);
	if (!err && Alignment && MemFlags.ui32.Scratch)
		err = -ENOSYS; /* as AMD's */
	if (!err)
		err =
		    vt_memory_alloc(s, PreferredNode, SizeInBytes, Alignment, MemFlags.Value,
				    MemFlags.ui32.FixedAddress ? (uint64_t)*MemoryAddress : 0, &va);
	if (!err)
		*MemoryAddress = (void *)va;
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtAllocMemory(HSAuint32 PreferredNode, HSAuint64 SizeInBytes,
				       HsaMemFlags MemFlags, void **MemoryAddress)
{
	return hsaKmtAllocMemoryAlign(PreferredNode, SizeInBytes, 0, MemFlags, MemoryAddress);
}

VT_API HSAKMT_STATUS hsaKmtAvailableMemory(HSAuint32 Node, HSAuint64 *AvailableBytes)
{
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = AvailableBytes ? vt_api_check_node(s, Node) : -EINVAL;
	return vt_api_leave(s, err ? err : vt_memory_available(s, Node, AvailableBytes));
}

VT_API HSAKMT_STATUS hsaKmtFreeMemory(void *MemoryAddress, HSAuint64 SizeInBytes)
{
	struct vt_session *s = vt_api_enter();

	(void)SizeInBytes; /* AMD's frees the whole allocation, too */
	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, MemoryAddress ? vt_memory_free(s, (uint64_t)MemoryAddress) : -EIO);
}

VT_API HSAKMT_STATUS hsaKmtRegisterMemory(void *MemoryAddress, HSAuint64 MemorySizeInBytes)
{
	HsaMemFlags flags = {.ui32 = {.HostAccess = 1, .CoarseGrain = 1}};
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(
	    s, vt_memory_register(s, (uint64_t)MemoryAddress, MemorySizeInBytes, flags.Value, 0));
}

VT_API HSAKMT_STATUS hsaKmtRegisterMemoryToNodes(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
						 HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	HsaMemFlags flags = {.ui32 = {.HostAccess = 1, .CoarseGrain = 1}};
	struct vt_session *s = vt_api_enter();
	uint64_t mask;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = vt_api_nodes_mask(s, NumberOfNodes, NodeArray, &mask);
	if (!err)
		err = vt_memory_register(s, (uint64_t)MemoryAddress, MemorySizeInBytes, flags.Value,
					 mask);
	return vt_api_leave(s, err);
}

/* A library of the process, as a bit: the HIP runtime, the OpenCL runtime. */
enum { HAS_HIP = 1, HAS_OPENCL = 2 };

static int look_at_library(struct dl_phdr_info *info, size_t size, void *arg)
{
	unsigned *has = arg;

	(void)size;
	if (strstr(info->dlpi_name, "/libamdhip64.so"))
		*has |= HAS_HIP;
	if (strstr(info->dlpi_name, "/libamdocl64.so"))
		*has |= HAS_OPENCL;
	return 0;
}

/*
 * HIP registers the program's buffer for the time of a copy, coarse-grained, from 1 MiB on, and
 * copies through a staging buffer where that is refused. Sharing pages in place costs ten times
 * what the staging copy does, so it is refused. hipHostRegister asks for fine-grained memory. The
 * OpenCL runtime, which shares that code, makes buffers in the same way, and for these it has no
 * other one; and who calls without either has a right to what AMD's thunk does.
 */
#define MAX_COARSE_BYTES (256u << 10)

static bool is_better_staged(HsaMemFlags flags, HSAuint64 size)
{
	unsigned has = 0;

	if (!flags.ui32.CoarseGrain || size <= MAX_COARSE_BYTES)
		return false;
	dl_iterate_phdr(look_at_library, &has);
	return has == HAS_HIP;
}

VT_API HSAKMT_STATUS hsaKmtRegisterMemoryWithFlags(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
						   HsaMemFlags MemFlags)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!MemFlags.ui32.HostAccess || MemFlags.ui32.NonPaged)
		return vt_api_leave(s, -EOPNOTSUPP);
	if (is_better_staged(MemFlags, MemorySizeInBytes))
		return vt_api_leave(s, -ENOMEM);
	return vt_api_leave(s, vt_memory_register(s, (uint64_t)MemoryAddress, MemorySizeInBytes,
						  MemFlags.Value, 0));
}

VT_API HSAKMT_STATUS hsaKmtDeregisterMemory(void *MemoryAddress)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_memory_deregister(s, (uint64_t)MemoryAddress));
}

/* AMD's says ERROR, without distinction, where memory cannot be mapped or unmapped. */
static int as_map_error(int err)
{
	return err && err != -EPIPE ? -EIO : err;
}

static HSAKMT_STATUS map_and_leave(struct vt_session *s, void *address, HSAuint64 size,
				   HSAuint64 *alternate, uint64_t nodes_mask, HsaMemMapFlags flags)
{
	uint64_t va = (uint64_t)address;
	int err = as_map_error(vt_memory_map(s, va, size, nodes_mask, flags.Value));
	struct vt_mem_info info;

	if (!err && alternate)
		*alternate = vt_memory_query(s, va, &info) ? va : info.gpu_va + (va - info.va);
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtMapMemoryToGPU(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					  HSAuint64 *AlternateVAGPU)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return map_and_leave(s, MemoryAddress, MemorySizeInBytes, AlternateVAGPU,
			     s->topology.gpu_mask, (HsaMemMapFlags){.Value = 0});
}

VT_API HSAKMT_STATUS hsaKmtMapMemoryToGPUNodes(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					       HSAuint64 *AlternateVAGPU,
					       HsaMemMapFlags MemMapFlags, HSAuint64 NumberOfNodes,
					       HSAuint32 *NodeArray)
{
	struct vt_session *s = vt_api_enter();
	uint64_t mask;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = MemoryAddress ? vt_api_nodes_mask(s, NumberOfNodes, NodeArray, &mask) : -EIO;
	if (err)
		return vt_api_leave(s, err);
	return map_and_leave(s, MemoryAddress, MemorySizeInBytes, AlternateVAGPU, mask,
			     MemMapFlags);
}

VT_API HSAKMT_STATUS hsaKmtUnmapMemoryToGPU(void *MemoryAddress)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!MemoryAddress) /* AMD's lets this pass */
		return vt_api_leave(s, 0);
	return vt_api_leave(s, as_map_error(vt_memory_unmap(s, (uint64_t)MemoryAddress)));
}

VT_API HSAKMT_STATUS hsaKmtSetMemoryPolicy(HSAuint32 Node, HSAuint32 DefaultPolicy,
					   HSAuint32 AlternatePolicy, void *MemoryAddressAlternate,
					   HSAuint64 MemorySizeInBytes)
{
	struct vt_memory_policy_req req = {
	    .node = Node,
	    .default_policy = DefaultPolicy,
	    .alternate_policy = AlternatePolicy,
	    .alternate_va = (uint64_t)MemoryAddressAlternate,
	    .alternate_size = MemorySizeInBytes,
	};
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = vt_api_check_gpu(s, Node);
	return vt_api_leave(s, err ? err : vt_mode_memory_policy(s, &req));
}

/* --- Questions --- */

/*
 * The nodes of a mask as an array. The program keeps pointers to such arrays for as long as it
 * likes, so each is made once and never freed; there are as many as combinations of nodes in use.
 */
static const HSAuint32 *nodes_of(uint64_t mask, HSAuint32 *ret_num)
{
	static struct node_list {
		uint64_t mask;
		struct node_list *next;
		HSAuint32 node[VT_MAX_NODES];
	} * lists;
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct node_list *list;
	HSAuint32 num = 0;

	*ret_num = 0;
	if (!mask)
		return NULL;
	pthread_mutex_lock(&lock);
	for (list = lists; list && list->mask != mask; list = list->next)
		;
	if (!list)
		list = calloc(1, sizeof(*list));
	if (list && !list->mask) {
		for (HSAuint32 i = 0; i < VT_MAX_NODES; i++)
			if (mask >> i & 1)
				list->node[num++] = i;
		list->mask = mask;
		list->next = lists;
		lists = list;
	}
	pthread_mutex_unlock(&lock);
	if (!list)
		return NULL;
	*ret_num = (HSAuint32)__builtin_popcountll(mask);
	return list->node;
}

static void fill_pointer_info(HsaPointerInfo *out, const struct vt_mem_info *in)
{
	out->Type = in->is_user ? HSA_POINTER_REGISTERED_USER : HSA_POINTER_ALLOCATED;
	out->Node = in->node;
	out->MemFlags.Value = in->flags_bits;
	out->CPUAddress = (void *)in->va;
	out->GPUAddress = in->gpu_va;
	out->SizeInBytes = in->size;
	out->RegisteredNodes = nodes_of(in->registered_mask, &out->NRegisteredNodes);
	out->MappedNodes = nodes_of(in->mapped_mask, &out->NMappedNodes);
	out->UserData = in->user_data;
}

VT_API HSAKMT_STATUS hsaKmtQueryPointerInfo(const void *Pointer, HsaPointerInfo *PointerInfo)
{
	struct vt_mem_info info;
	struct vt_session *s;
	int err;

	if (!PointerInfo)
		return vt_api_status(-EINVAL);
	s = vt_api_enter();
	if (!s)
		return vt_api_status(-ENOTCONN);
	memset(PointerInfo, 0, sizeof(*PointerInfo));
	PointerInfo->Type = HSA_POINTER_UNKNOWN;
	err = vt_memory_query(s, (uint64_t)Pointer, &info);
	if (!err)
		fill_pointer_info(PointerInfo, &info);
	return vt_api_leave(s, err ? -EIO : 0);
}

VT_API HSAKMT_STATUS hsaKmtSetMemoryUserData(const void *Pointer, void *UserData)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_memory_set_user_data(s, (uint64_t)Pointer, UserData) ? -EIO : 0);
}
