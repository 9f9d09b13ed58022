/*
 * A small libhsakmt for tests of the renderer: one CPU node, one GPU node, memory in memfds,
 * events, and queues that execute nothing: a doorbell makes the read index catch up and sets the
 * queue's event.
 *
 * SWGPU_FAKE in the environment holds letters: "d" doorbells cannot be exported, "a" allocation
 * fails, "o" opening fails. Built with FAKE_OLD it lacks hsaKmtExportDMABufHandle, as before
 * ROCm 5.6.
 */
#include <errno.h>
#include <hsakmt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/fake_provider.h"

#define MAX_ALLOC 4096

static struct alloc {
	uint8_t *at;
	uint64_t size;
	int fd;
	unsigned maps;
} allocs[MAX_ALLOC];

struct fake_words fake_words = {-1, NULL};

static bool open_now;

bool fake_told(char letter)
{
	const char *how = getenv("SWGPU_FAKE");

	return how && strchr(how, letter);
}

EXPORT HSAKMT_STATUS hsaKmtOpenKFD(void)
{
	pthread_t thread;

	if (fake_told('o'))
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (open_now)
		return HSAKMT_STATUS_KERNEL_ALREADY_OPENED;
	open_now = true;
	if (fake_words.at)
		return HSAKMT_STATUS_SUCCESS;
	fake_words.fd = memfd_create("fake-words", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fake_words.fd < 0 || ftruncate(fake_words.fd, 4 * PAGE) < 0)
		return HSAKMT_STATUS_ERROR;
	fake_words.at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fake_words.fd, 0);
	if (fake_words.at == MAP_FAILED || pthread_create(&thread, NULL, fake_run_queues, NULL))
		return HSAKMT_STATUS_ERROR;
	pthread_detach(thread);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtCloseKFD(void)
{
	open_now = false;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetVersion(HsaVersionInfo *v)
{
	*v = (HsaVersionInfo){1, 9};
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtAcquireSystemProperties(HsaSystemProperties *p)
{
	*p = (HsaSystemProperties){
	    .NumNodes = 2, .PlatformOem = 7, .PlatformId = 8, .PlatformRev = 9};
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtReleaseSystemProperties(void)
{
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetNodeProperties(HSAuint32 node, HsaNodeProperties *p)
{
	memset(p, 0, sizeof(*p));
	p->NumMemoryBanks = 1;
	p->NumCaches = node == GPU ? 2 : 300; /* more than one reply takes */
	p->NumIOLinks = 1;
	if (node != GPU) {
		p->NumCPUCores = 4;
		return HSAKMT_STATUS_SUCCESS;
	}
	p->NumFComputeCores = 16;
	p->NumSIMDPerCU = 4;
	p->EngineId.ui32.Major = 9;
	p->EngineId.ui32.Stepping = 6;
	p->DrmRenderMinor = -1;
	p->UniqueID = 0x123456789abcdef0;
	for (unsigned i = 0; i < 4; i++)
		p->MarketingName[i] = "Fake"[i];
	memcpy(p->AMDName, "fake", 5);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetNodeMemoryProperties(HSAuint32 node, HSAuint32 n,
						   HsaMemoryProperties *p)
{
	for (HSAuint32 i = 0; i < n; i++) {
		p[i].HeapType =
		    node == GPU ? HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC : HSA_HEAPTYPE_SYSTEM;
		p[i].SizeInBytes = 1ull << 30;
	}
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetNodeCacheProperties(HSAuint32 node, HSAuint32 processor, HSAuint32 n,
						  HsaCacheProperties *p)
{
	(void)node;
	(void)processor;
	for (HSAuint32 i = 0; i < n; i++) {
		p[i].CacheLevel = 1 + i % 3;
		p[i].CacheSize = i;
		p[i].SiblingMap[i % HSA_CPU_SIBLINGS] = 1;
	}
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetNodeIoLinkProperties(HSAuint32 node, HSAuint32 n,
						   HsaIoLinkProperties *p)
{
	for (HSAuint32 i = 0; i < n; i++) {
		p[i].IoLinkType = HSA_IOLINKTYPE_PCIEXPRESS;
		p[i].NodeFrom = node;
		p[i].NodeTo = 1 - node;
	}
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetClockCounters(HSAuint32 node, HsaClockCounters *c)
{
	(void)node;
	*c = (HsaClockCounters){1, 2, 3, 1000000000};
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtGetTileConfig(HSAuint32 node, HsaGpuTileConfig *c)
{
	(void)node;
	for (HSAuint32 i = 0; i < c->NumTileConfigs; i++)
		c->TileConfig[i] = i;
	c->NumMacroTileConfigs = 0;
	return HSAKMT_STATUS_SUCCESS;
}

static struct alloc *alloc_at(const void *at)
{
	for (struct alloc *a = allocs; a < allocs + MAX_ALLOC; a++)
		if (a->at && (const uint8_t *)at >= a->at && (const uint8_t *)at < a->at + a->size)
			return a;
	return NULL;
}

EXPORT HSAKMT_STATUS hsaKmtAllocMemory(HSAuint32 node, HSAuint64 size, HsaMemFlags flags, void **at)
{
	int fixed = flags.ui32.FixedAddress ? MAP_FIXED_NOREPLACE : 0;
	struct alloc *a = allocs;
	void *got;

	(void)node;
	if (fake_told('a'))
		return HSAKMT_STATUS_NO_MEMORY;
	while (a < allocs + MAX_ALLOC && a->at)
		a++;
	if (a == allocs + MAX_ALLOC)
		return HSAKMT_STATUS_NO_MEMORY;
	a->fd = memfd_create("fake", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (a->fd < 0 || (!flags.ui32.Scratch && ftruncate(a->fd, (off_t)size) < 0))
		return HSAKMT_STATUS_NO_MEMORY;
	got =
	    mmap(fixed ? *at : NULL, size, flags.ui32.Scratch ? PROT_NONE : PROT_READ | PROT_WRITE,
		 MAP_SHARED | fixed, a->fd, 0);
	if (got == MAP_FAILED) {
		close(a->fd);
		return HSAKMT_STATUS_NO_MEMORY;
	}
	a->at = got;
	a->size = size;
	a->maps = 0;
	*at = got;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtFreeMemory(void *at, HSAuint64 size)
{
	struct alloc *a = alloc_at(at);

	if (!a || a->at != at || a->size != size)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	munmap(a->at, a->size);
	close(a->fd);
	a->at = NULL;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtMapMemoryToGPUNodes(void *at, HSAuint64 size, HSAuint64 *alternate,
					       HsaMemMapFlags flags, HSAuint64 n, HSAuint32 *nodes)
{
	struct alloc *a = alloc_at(at);

	(void)size;
	(void)flags;
	for (HSAuint64 i = 0; i < n; i++)
		if (nodes[i] != GPU)
			return HSAKMT_STATUS_INVALID_NODE_UNIT;
	if (a)
		a->maps++;
	*alternate = 0;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtUnmapMemoryToGPU(void *at)
{
	struct alloc *a = alloc_at(at);

	if (a)
		a->maps = 0;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtRegisterMemoryWithFlags(void *at, HSAuint64 size, HsaMemFlags flags)
{
	(void)flags;
	/* The "GPU" leaves a mark, so that a test sees whether the pages are shared. */
	memcpy((uint8_t *)at + size - 4, "GPU!", 4);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtDeregisterMemory(void *at)
{
	(void)at;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtSetMemoryPolicy(HSAuint32 node, HSAuint32 a, HSAuint32 b, void *at,
					   HSAuint64 size)
{
	(void)node;
	(void)a;
	(void)b;
	(void)at;
	(void)size;
	return HSAKMT_STATUS_NOT_SUPPORTED;
}

#ifndef FAKE_OLD
EXPORT HSAKMT_STATUS hsaKmtExportDMABufHandle(void *at, HSAuint64 size, int *fd, HSAuint64 *offset);

EXPORT HSAKMT_STATUS hsaKmtExportDMABufHandle(void *at, HSAuint64 size, int *fd, HSAuint64 *offset)
{
	const struct alloc *a = alloc_at(at);
	const uint8_t *p = at;

	if (a && size <= a->size) {
		*fd = dup(a->fd);
		*offset = (HSAuint64)(p - a->at);
		return HSAKMT_STATUS_SUCCESS;
	}
	if (p < fake_words.at || p >= fake_words.at + 4 * PAGE || fake_told('d'))
		return HSAKMT_STATUS_INVALID_PARAMETER;
	*fd = dup(fake_words.fd);
	*offset = (HSAuint64)(p - fake_words.at);
	return HSAKMT_STATUS_SUCCESS;
}
#endif

EXPORT HSAKMT_STATUS hsaKmtGetXNACKMode(HSAint32 *enable)
{
	*enable = 0;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtSetXNACKMode(HSAint32 enable)
{
	return enable > 0 ? HSAKMT_STATUS_NOT_SUPPORTED : HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtSetTrapHandler(HSAuint32 node, void *a, HSAuint64 an, void *b,
					  HSAuint64 bn)
{
	(void)a;
	(void)an;
	(void)b;
	(void)bn;
	return node == GPU ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_NODE_UNIT;
}

EXPORT HSAKMT_STATUS hsaKmtRuntimeEnable(void *debug, bool ttmp)
{
	(void)ttmp;
	return debug ? HSAKMT_STATUS_ERROR : HSAKMT_STATUS_NOT_SUPPORTED;
}

EXPORT HSAKMT_STATUS hsaKmtRuntimeDisable(void)
{
	return HSAKMT_STATUS_NOT_SUPPORTED;
}
