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

#define EXPORT    __attribute__((visibility("default")))
#define PAGE      4096u
#define MAX_ALLOC 4096
#define MAX_EVENT 5000
#define MAX_QUEUE 600
#define GPU       1u
#define ARRAY(a)  (sizeof(a) / sizeof((a)[0]))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct alloc {
	uint8_t *at;
	uint64_t size;
	int fd;
	unsigned maps;
} allocs[MAX_ALLOC];

static struct event {
	HsaEvent event;
	bool used, set;
} events[MAX_EVENT];

static struct queue {
	bool used, aql;
	uint64_t *doorbell, *read, *write;
	uint64_t seen;
	HsaEvent *event;
} queues[MAX_QUEUE];

static struct {
	int fd;
	uint8_t *at; /* doorbells, 8 bytes each, then a page of read and one of write indices */
} words = {-1, NULL};

static bool open_now;

static bool told(char letter)
{
	const char *how = getenv("SWGPU_FAKE");

	return how && strchr(how, letter);
}

static struct event *event_of(HsaEvent *e)
{
	for (struct event *ev = events; ev < events + MAX_EVENT; ev++)
		if (e == &ev->event && ev->used)
			return ev;
	return NULL;
}

static void set_event_locked(HsaEvent *e)
{
	struct event *ev = event_of(e);

	if (!ev)
		return;
	ev->set = true;
	pthread_cond_broadcast(&changed);
}

static void *run_queues(void *arg)
{
	const struct timespec pause = {.tv_nsec = 500000};

	for (;; nanosleep(&pause, NULL)) {
		pthread_mutex_lock(&lock);
		for (struct queue *q = queues; q < queues + MAX_QUEUE; q++) {
			uint64_t bell;

			if (!q->used)
				continue;
			bell = __atomic_load_n(q->doorbell, __ATOMIC_ACQUIRE);
			if (bell == q->seen)
				continue;
			q->seen = bell;
			__atomic_store_n(q->read, q->aql ? bell + 1 : *q->write, __ATOMIC_RELEASE);
			set_event_locked(q->event);
		}
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

EXPORT HSAKMT_STATUS hsaKmtOpenKFD(void)
{
	pthread_t thread;

	if (told('o'))
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (open_now)
		return HSAKMT_STATUS_KERNEL_ALREADY_OPENED;
	open_now = true;
	if (words.at)
		return HSAKMT_STATUS_SUCCESS;
	words.fd = memfd_create("fake-words", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (words.fd < 0 || ftruncate(words.fd, 4 * PAGE) < 0)
		return HSAKMT_STATUS_ERROR;
	words.at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, words.fd, 0);
	if (words.at == MAP_FAILED || pthread_create(&thread, NULL, run_queues, NULL))
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
	if (told('a'))
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
	if (p < words.at || p >= words.at + 4 * PAGE || told('d'))
		return HSAKMT_STATUS_INVALID_PARAMETER;
	*fd = dup(words.fd);
	*offset = (HSAuint64)(p - words.at);
	return HSAKMT_STATUS_SUCCESS;
}
#endif

EXPORT HSAKMT_STATUS hsaKmtCreateQueue(HSAuint32 node, HSA_QUEUE_TYPE type, HSAuint32 percentage,
				       HSA_QUEUE_PRIORITY priority, void *ring, HSAuint64 size,
				       HsaEvent *event, HsaQueueResource *res)
{
	uint64_t *bells = (uint64_t *)(void *)words.at;
	unsigned i = 0;

	(void)percentage;
	(void)priority;
	(void)ring;
	(void)size;
	if (node != GPU)
		return HSAKMT_STATUS_INVALID_NODE_UNIT;
	pthread_mutex_lock(&lock);
	while (i < MAX_QUEUE && queues[i].used)
		i++;
	if (i < PAGE / 8) {
		bells[i] = bells[PAGE / 8 + i] = bells[PAGE / 4 + i] = 0;
		queues[i] = (struct queue){.used = true,
					   .aql = type == HSA_QUEUE_COMPUTE_AQL,
					   .doorbell = &bells[i],
					   .seen = UINT64_MAX,
					   .event = event};
		bells[i] = queues[i].seen;
		if (!queues[i].aql) {
			res->Queue_read_ptr_aql = &bells[PAGE / 8 + i];
			res->Queue_write_ptr_aql = &bells[PAGE / 4 + i];
		}
		queues[i].read = res->Queue_read_ptr_aql;
		queues[i].write = res->Queue_write_ptr_aql;
		res->Queue_DoorBell_aql = &bells[i];
		res->QueueId = 1000 + i;
	}
	pthread_mutex_unlock(&lock);
	return i < PAGE / 8 ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_NO_MEMORY;
}

static struct queue *queue_of(HSA_QUEUEID id)
{
	return id >= 1000 && id < 1000 + MAX_QUEUE && queues[id - 1000].used ? &queues[id - 1000]
									     : NULL;
}

EXPORT HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID id, HSAuint32 percentage,
				       HSA_QUEUE_PRIORITY priority, void *ring, HSAuint64 size,
				       HsaEvent *event)
{
	struct queue *q = queue_of(id);

	(void)percentage;
	(void)priority;
	(void)ring;
	(void)size;
	if (!q)
		return HSAKMT_STATUS_INVALID_HANDLE;
	pthread_mutex_lock(&lock);
	q->event = event;
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID id)
{
	struct queue *q = queue_of(id);

	if (!q)
		return HSAKMT_STATUS_INVALID_HANDLE;
	pthread_mutex_lock(&lock);
	q->used = false;
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID id, HSAuint32 bits, HSAuint32 *mask)
{
	return queue_of(id) && bits && mask[0] ? HSAKMT_STATUS_SUCCESS
					       : HSAKMT_STATUS_INVALID_PARAMETER;
}

EXPORT HSAKMT_STATUS hsaKmtGetQueueInfo(HSA_QUEUEID id, HsaQueueInfo *info)
{
	static HSAuint32 mask[2] = {5, 6};

	if (!queue_of(id))
		return HSAKMT_STATUS_INVALID_HANDLE;
	info->NumCUAssigned = 64;
	info->CUMaskInfo = mask;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID id, HSAuint32 n, HSAuint32 *first)
{
	(void)id;
	(void)n;
	(void)first;
	return HSAKMT_STATUS_OUT_OF_RESOURCES;
}

EXPORT HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *desc, bool manual, bool set,
				       HsaEvent **ret)
{
	struct event *ev = events;

	if (!manual)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	pthread_mutex_lock(&lock);
	while (ev < events + MAX_EVENT && ev->used)
		ev++;
	if (ev < events + MAX_EVENT) {
		memset(ev, 0, sizeof(*ev));
		ev->used = true;
		ev->set = set;
		ev->event.EventId = (HSA_EVENTID)(ev - events) + 1;
		ev->event.EventData.EventType = desc->EventType;
		ev->event.EventData.HWData2 = 0x5000 + 8 * (uint64_t)(ev - events);
		*ret = &ev->event;
	}
	pthread_mutex_unlock(&lock);
	return ev < events + MAX_EVENT ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_NO_MEMORY;
}

EXPORT HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *e)
{
	struct event *ev;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	if (ev)
		ev->used = false;
	pthread_mutex_unlock(&lock);
	return ev ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

static HSAKMT_STATUS change(HsaEvent *e, bool set)
{
	struct event *ev;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	if (ev)
		ev->set = set;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return ev ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

EXPORT HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *e)
{
	return change(e, true);
}

EXPORT HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *e)
{
	return change(e, false);
}

EXPORT HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *e)
{
	const struct event *ev;
	bool set;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	set = ev && ev->set;
	pthread_mutex_unlock(&lock);
	return set ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_WAIT_TIMEOUT;
}

EXPORT HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent *list[], HSAuint32 n, bool all,
						HSAuint32 ms)
{
	bool any = false;

	if (all || ms != HSA_EVENTTIMEOUT_INFINITE)
		return HSAKMT_STATUS_NOT_IMPLEMENTED;
	pthread_mutex_lock(&lock);
	while (!any) {
		for (HSAuint32 i = 0; i < n; i++) {
			const struct event *ev = event_of(list[i]);

			any |= ev && ev->set;
		}
		if (!any)
			pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

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
