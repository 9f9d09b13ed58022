/*
 * Uses the library as a runtime does, without one: e2e_thunk TEST. Prints "ok" and exits with 0 if
 * all is as it should.
 */
#include <errno.h>
#include <hsakmt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proto/wire/sock.h"
#include "tests/e2e/check.h"

enum { CPU = 0, GPU = 1, NOWHERE = 9 };

static const HsaMemFlags system_memory = {.ui32 = {.HostAccess = 1}};
static const HsaMemFlags gpu_memory = {.ui32 = {.HostAccess = 1, .NonPaged = 1, .CoarseGrain = 1}};

static void open_thunk(void)
{
	OK(hsaKmtOpenKFD());
}

/* --- calls: what is asked about the machine, and what wrong arguments get --- */

static void test_topology(void)
{
	HsaCacheProperties caches[1];
	HsaMemoryProperties banks[8];
	HsaSystemProperties system;
	HsaIoLinkProperties links[1];
	HsaNodeProperties node;
	HsaVersionInfo version;

	OK(hsaKmtGetVersion(&version));
	CHECK(version.KernelInterfaceMajorVersion == 1 && version.KernelInterfaceMinorVersion >= 4);
	OK(hsaKmtReleaseSystemProperties());
	OK(hsaKmtAcquireSystemProperties(&system));
	CHECK(system.NumNodes == 2);
	OK(hsaKmtGetNodeProperties(GPU, &node));
	CHECK(node.NumFComputeCores && node.EngineId.ui32.Major == 9 && node.NumMemoryBanks);
	OK(hsaKmtGetNodeMemoryProperties(GPU, 8, banks));
	OK(hsaKmtGetNodeCacheProperties(GPU, node.FComputeIdLo, 1, caches));
	CHECK(caches[0].CacheSize && caches[0].CacheType.ui32.HSACU);
	OK(hsaKmtGetNodeIoLinkProperties(CPU, 1, links));
	STATUS(hsaKmtGetNodeProperties(NOWHERE, &node), HSAKMT_STATUS_INVALID_NODE_UNIT);
	STATUS(hsaKmtGetNodeProperties(GPU, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtGetNodeCacheProperties(GPU, 0, 100000, caches),
	       HSAKMT_STATUS_INVALID_PARAMETER);
}

static void test_modes(void)
{
	HsaClockCounters before, after;
	HsaCounterProperties *counters;
	HSAint32 xnack = 7;
	HsaGpuTileConfig tiles;

	memset(&tiles, 0, sizeof(tiles));
	OK(hsaKmtGetXNACKMode(&xnack));
	CHECK(xnack == 0);
	OK(hsaKmtGetClockCounters(GPU, &before));
	OK(hsaKmtGetClockCounters(GPU, &after));
	CHECK(after.GPUClockCounter >= before.GPUClockCounter && after.SystemClockFrequencyHz);
	OK(hsaKmtGetTileConfig(GPU, &tiles));
	STATUS(hsaKmtGetTileConfig(CPU, &tiles), HSAKMT_STATUS_INVALID_NODE_UNIT);
	STATUS(hsaKmtSetTrapHandler(NOWHERE, NULL, 0, NULL, 0), HSAKMT_STATUS_INVALID_NODE_UNIT);
	STATUS(hsaKmtSPMAcquire(GPU), HSAKMT_STATUS_NOT_SUPPORTED);
	STATUS(hsaKmtPmcGetCounterProperties(GPU, &counters), HSAKMT_STATUS_NOT_SUPPORTED);
	STATUS(hsaKmtDbgRegister(GPU), HSAKMT_STATUS_NOT_SUPPORTED);
	STATUS(hsaKmtMapGraphicHandle(GPU, 0, 0, 0, 0, NULL), HSAKMT_STATUS_NOT_IMPLEMENTED);
}

static void test_queue_arguments(void)
{
	HsaQueueResource resource;
	HsaEvent stranger;

	memset(&resource, 0, sizeof(resource));
	STATUS(hsaKmtCreateQueue(CPU, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, 4096,
				 NULL, &resource),
	       HSAKMT_STATUS_INVALID_NODE_UNIT);
	STATUS(hsaKmtCreateQueue(GPU, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, 4096,
				 NULL, NULL),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtCreateQueue(GPU, (HSA_QUEUE_TYPE)77, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL,
				 4096, NULL, &resource),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtCreateQueue(GPU, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, 4096,
				 &stranger, &resource),
	       HSAKMT_STATUS_INVALID_HANDLE);
	CHECK(hsaKmtCreateQueue(GPU, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, (void *)0x1000,
				4096, NULL, &resource) != HSAKMT_STATUS_SUCCESS);
	STATUS(hsaKmtDestroyQueue(0), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtDestroyQueue(12345), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtUpdateQueue(12345, 100, HSA_QUEUE_PRIORITY_NORMAL, NULL, 0, NULL),
	       HSAKMT_STATUS_INVALID_PARAMETER);
}

static void test_queue(void)
{
	HsaQueueResource resource;
	HSAuint32 mask = 1;
	HsaQueueInfo info;
	void *ring = NULL;

	memset(&resource, 0, sizeof(resource));
	OK(hsaKmtAllocMemory(CPU, 1 << 20, system_memory, &ring));
	OK(hsaKmtCreateQueue(GPU, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL, ring, 1 << 20,
			     NULL, &resource));
	CHECK(resource.Queue_DoorBell && resource.Queue_read_ptr && resource.Queue_write_ptr);
	CHECK(*resource.Queue_read_ptr_aql == 0);
	OK(hsaKmtUpdateQueue(resource.QueueId, 0, HSA_QUEUE_PRIORITY_LOW, ring, 1 << 20, NULL));
	(void)hsaKmtSetQueueCUMask(resource.QueueId, 32, &mask);
	STATUS(hsaKmtSetQueueCUMask(resource.QueueId, 31, &mask), HSAKMT_STATUS_INVALID_PARAMETER);
	(void)hsaKmtGetQueueInfo(resource.QueueId, &info);
	OK(hsaKmtDestroyQueue(resource.QueueId));
	STATUS(hsaKmtDestroyQueue(resource.QueueId), HSAKMT_STATUS_INVALID_PARAMETER);
	OK(hsaKmtFreeMemory(ring, 1 << 20));
}

static void test_calls(void)
{
	open_thunk();
	test_topology();
	test_modes();
	test_queue_arguments();
	test_queue();
	OK(hsaKmtCloseKFD());
}

/* --- memory --- */

static void check_block(void *block, size_t bytes)
{
	HSAuint32 node = GPU;
	HsaMemMapFlags flags = {.Value = 0};
	HSAuint64 gpu_va = 0;
	HsaPointerInfo info;

	for (size_t i = 0; i < bytes; i += 4096)
		CHECK(((unsigned char *)block)[i] == 0);
	memset(block, 0xaa, bytes);
	OK(hsaKmtMapMemoryToGPUNodes(block, bytes, &gpu_va, flags, 1, &node));
	CHECK(gpu_va == (HSAuint64)block);
	OK(hsaKmtSetMemoryUserData(block, &node));
	OK(hsaKmtQueryPointerInfo((char *)block + bytes - 1, &info));
	CHECK(info.Type == HSA_POINTER_ALLOCATED && info.CPUAddress == block &&
	      info.SizeInBytes == bytes);
	CHECK(info.NMappedNodes == 1 && info.MappedNodes[0] == GPU && info.UserData == &node);
	OK(hsaKmtUnmapMemoryToGPU(block));
	OK(hsaKmtFreeMemory(block, bytes));
	STATUS(hsaKmtFreeMemory(block, bytes), HSAKMT_STATUS_MEMORY_NOT_REGISTERED);
	STATUS(hsaKmtQueryPointerInfo(block, &info), HSAKMT_STATUS_ERROR);
	CHECK(info.Type == HSA_POINTER_UNKNOWN);
}

static void test_memory(void)
{
	static const size_t sizes[] = {4096, 8192, 1 << 20, 5 << 20, 64 << 20};
	HsaMemFlags large_pages = {.ui32 = {.HostAccess = 1, .PageSize = HSA_PAGE_SIZE_2MB}};
	void *block;

	open_thunk();
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]) - (round > 2); i++) {
			OK(hsaKmtAllocMemory(CPU, sizes[i], system_memory, &block));
			check_block(block, sizes[i]);
			OK(hsaKmtAllocMemory(GPU, sizes[i], gpu_memory, &block));
			check_block(block, sizes[i]);
		}
	}
	STATUS(hsaKmtAllocMemory(CPU, 0, system_memory, &block), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemory(CPU, 100, system_memory, &block), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemory(CPU, 4096, large_pages, &block), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemory(CPU, 4096, system_memory, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemory(NOWHERE, 4096, system_memory, &block),
	       HSAKMT_STATUS_INVALID_NODE_UNIT);
	CHECK(hsaKmtAllocMemory(GPU, 1ull << 50, gpu_memory, &block) != HSAKMT_STATUS_SUCCESS);
	STATUS(hsaKmtFreeMemory(NULL, 4096), HSAKMT_STATUS_ERROR);
	STATUS(hsaKmtMapMemoryToGPU((void *)0x5000, 4096, NULL), HSAKMT_STATUS_ERROR);
	STATUS(hsaKmtMapMemoryToGPU(NULL, 4096, NULL), HSAKMT_STATUS_ERROR);
	OK(hsaKmtUnmapMemoryToGPU(NULL));
	OK(hsaKmtCloseKFD());
}

/* --- events --- */

static void *set_later(void *arg)
{
	usleep(20000);
	OK(hsaKmtSetEvent(arg));
	return NULL;
}

static void test_events(void)
{
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	HsaEvent *e[64], *memory, stranger;
	pthread_t thread;

	open_thunk();
	for (unsigned i = 0; i < 64; i++)
		OK(hsaKmtCreateEvent(&desc, i % 2, false, &e[i]));
	for (unsigned i = 1; i < 64; i++)
		CHECK(e[i]->EventId != e[0]->EventId);
	STATUS(hsaKmtWaitOnMultipleEvents(e, 64, false, 10), HSAKMT_STATUS_WAIT_TIMEOUT);
	CHECK(pthread_create(&thread, NULL, set_later, e[63]) == 0);
	OK(hsaKmtWaitOnMultipleEvents(e, 64, false, 10000));
	pthread_join(thread, NULL);
	OK(hsaKmtWaitOnEvent(e[63], 0)); /* manual reset */
	OK(hsaKmtResetEvent(e[63]));
	STATUS(hsaKmtWaitOnEvent(e[63], 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	OK(hsaKmtQueryEventState(e[0]));
	desc.EventType = HSA_EVENTTYPE_MEMORY;
	OK(hsaKmtCreateEvent(&desc, true, false, &memory));
	STATUS(hsaKmtSetEvent(memory), HSAKMT_STATUS_ERROR);
	STATUS(hsaKmtSetEvent(NULL), HSAKMT_STATUS_INVALID_HANDLE);
	STATUS(hsaKmtSetEvent(&stranger), HSAKMT_STATUS_INVALID_HANDLE);
	STATUS(hsaKmtDestroyEvent(NULL), HSAKMT_STATUS_INVALID_HANDLE);
	STATUS(hsaKmtWaitOnEvent(NULL, 0), HSAKMT_STATUS_INVALID_HANDLE);
	STATUS(hsaKmtCreateEvent(NULL, true, false, &memory), HSAKMT_STATUS_INVALID_PARAMETER);
	for (unsigned i = 0; i < 64; i++)
		OK(hsaKmtDestroyEvent(e[i]));
	OK(hsaKmtDestroyEvent(memory));
	OK(hsaKmtCloseKFD());
}

/* --- user: registered memory of the program --- */

/* Not from malloc: a checker's heap is at the same address in every process, the renderer's worker
 * too. */
static char *make_pages(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static const HsaMemFlags user_memory = {.ui32 = {.HostAccess = 1}};

static void check_registered(char *pages)
{
	HSAuint64 gpu_va = 0;
	HsaPointerInfo info;

	strcpy(pages + 5000, "kept");
	OK(hsaKmtRegisterMemoryWithFlags(pages + 100, 50000, user_memory));
	OK(hsaKmtMapMemoryToGPU(pages + 100, 50000, &gpu_va));
	CHECK(gpu_va && (gpu_va & 4095) == ((HSAuint64)(pages + 100) & 4095));
	OK(hsaKmtQueryPointerInfo((void *)(gpu_va + 4900), &info));
	CHECK(info.CPUAddress == pages + 100);
	OK(hsaKmtQueryPointerInfo(pages + 5000, &info));
	CHECK(info.Type == HSA_POINTER_REGISTERED_USER && info.CPUAddress == pages + 100 &&
	      info.SizeInBytes == 50000);
	CHECK(info.GPUAddress == gpu_va);
	CHECK(strcmp(pages + 5000, "kept") == 0);
	OK(hsaKmtRegisterMemory(pages + 20000, 70000));
	OK(hsaKmtUnmapMemoryToGPU(pages + 100));
	OK(hsaKmtDeregisterMemory(pages + 100));
	STATUS(hsaKmtDeregisterMemory(pages + 100), HSAKMT_STATUS_MEMORY_NOT_REGISTERED);
	OK(hsaKmtQueryPointerInfo(pages + 20000, &info));
	OK(hsaKmtDeregisterMemory((void *)info.GPUAddress));
	STATUS(hsaKmtDeregisterMemory(pages + 20000), HSAKMT_STATUS_MEMORY_NOT_REGISTERED);
	CHECK(strcmp(pages + 5000, "kept") == 0);
}

static void check_refusals(char *pages)
{
	HsaMemFlags coarse = {.ui32 = {.HostAccess = 1, .CoarseGrain = 1}};
	HsaMemFlags unpaged = {.ui32 = {.HostAccess = 1, .NonPaged = 1}};
	char local[64], *large = make_pages(1 << 20);

	STATUS(hsaKmtRegisterMemoryWithFlags(local, sizeof(local), user_memory),
	       HSAKMT_STATUS_NOT_SUPPORTED);
	STATUS(hsaKmtRegisterMemoryWithFlags(pages, 100, unpaged), HSAKMT_STATUS_NOT_SUPPORTED);
	STATUS(hsaKmtRegisterMemoryWithFlags(NULL, 4096, user_memory), HSAKMT_STATUS_ERROR);
	STATUS(hsaKmtRegisterMemoryWithFlags(pages, 0, user_memory),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	OK(hsaKmtRegisterMemoryWithFlags(large, 1 << 20, coarse)); /* HIP alone is refused this */
	OK(hsaKmtDeregisterMemory(large));
	munmap(large, 1 << 20);
}

static void test_user(void)
{
	char *pages = make_pages(100000);
	void *block;

	open_thunk();
	check_registered(pages);
	check_refusals(pages);
	OK(hsaKmtAllocMemory(CPU, 65536, system_memory, &block));
	OK(hsaKmtRegisterMemoryWithFlags((char *)block + 4096, 4096, user_memory));
	OK(hsaKmtDeregisterMemory((char *)block + 4096));
	OK(hsaKmtFreeMemory(block, 65536));
	munmap(pages, 100000);
	OK(hsaKmtCloseKFD());
}

/* --- fork --- */

static void in_child(HsaEvent *event, char *pages)
{
	HsaSystemProperties system;

	STATUS(hsaKmtAcquireSystemProperties(&system), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	STATUS(hsaKmtSetEvent(event), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	STATUS(hsaKmtCloseKFD(), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	CHECK(strcmp(pages, "before") == 0);
	strcpy(pages, "child");
	open_thunk(); /* a connection of its own */
	OK(hsaKmtAcquireSystemProperties(&system));
	OK(hsaKmtCloseKFD());
	fflush(stdout);
	_exit(0);
}

static void test_fork(void)
{
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	HsaMemFlags flags = {.ui32 = {.HostAccess = 1}};
	char *pages = make_pages(10000);
	HsaEvent *event;
	void *block;
	int status;
	pid_t pid;

	open_thunk();
	OK(hsaKmtCreateEvent(&desc, false, false, &event));
	OK(hsaKmtAllocMemory(CPU, 1 << 20, system_memory, &block));
	strcpy(pages, "before");
	OK(hsaKmtRegisterMemoryWithFlags(pages, 10000, flags));
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		in_child(event, pages);
	strcpy(pages, "parent");
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0,
			     0); /* of which the C library knows nothing */
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(hsaKmtSetEvent(event) == HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED ? 0 : 1);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(strcmp(pages, "parent") == 0);
	memset(block, 1, 1 << 20);
	OK(hsaKmtSetEvent(event));
	OK(hsaKmtWaitOnEvent(event, 0));
	OK(hsaKmtDeregisterMemory(pages));
	OK(hsaKmtFreeMemory(block, 1 << 20));
	OK(hsaKmtDestroyEvent(event));
	OK(hsaKmtCloseKFD());
	munmap(pages, 10000);
}

/* --- twice: openings are counted, and a closed thunk can be opened again --- */

static void test_twice(void)
{
	HsaVersionInfo version;

	for (unsigned i = 0; i < 3; i++) {
		open_thunk();
		STATUS(hsaKmtOpenKFD(), HSAKMT_STATUS_KERNEL_ALREADY_OPENED);
		OK(hsaKmtCloseKFD());
		OK(hsaKmtGetVersion(&version));
		OK(hsaKmtCloseKFD());
		STATUS(hsaKmtGetVersion(&version), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
		STATUS(hsaKmtCloseKFD(), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	}
}

/* --- reconnect: somebody kills the worker once "opened" is said --- */

static void test_reconnect(void)
{
	static HsaEvent *event, *own; /* they go with the renderer: nobody can destroy them */
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_MEMORY};
	void *block, *other;

	open_thunk();
	OK(hsaKmtCreateEvent(&desc, true, false, &event));
	desc.EventType = HSA_EVENTTYPE_SIGNAL;
	OK(hsaKmtCreateEvent(&desc, true, false, &own));
	OK(hsaKmtAllocMemory(CPU, 4096, system_memory, &block));
	puts("opened");
	fflush(stdout);
	OK(hsaKmtWaitOnEvent(event, 10000));
	CHECK(event->EventData.EventData.MemoryAccessFault.Flags ==
	      HSA_EVENTID_MEMORY_FATAL_PROCESS);
	CHECK(event->EventData.EventData.MemoryAccessFault.NodeId == GPU);
	STATUS(hsaKmtWaitOnEvent(own, 10000), HSAKMT_STATUS_KERNEL_COMMUNICATION_ERROR);
	STATUS(hsaKmtAllocMemory(CPU, 4096, system_memory, &other),
	       HSAKMT_STATUS_KERNEL_COMMUNICATION_ERROR);
	*(volatile char *)block = 1; /* still there */
	open_thunk();
	OK(hsaKmtAllocMemory(CPU, 4096, system_memory, &other));
	CHECK(other != block);
	OK(hsaKmtFreeMemory(other, 4096));
	OK(hsaKmtCloseKFD());
}

/* --- version: a renderer that speaks another one --- */

static void *serve_another_version(void *arg)
{
	int sock = accept(*(int *)arg, NULL, NULL);
	struct vt_welcome welcome = {
	    .magic = VT_HELLO_MAGIC, .major = 99, .minor = 0, .context_id = 1};
	struct vt_hello hello;

	if (read(sock, &hello, sizeof(hello)) != sizeof(hello) ||
	    write(sock, &welcome, sizeof(welcome)) != sizeof(welcome))
		abort();
	close(sock);
	return NULL;
}

static void test_version(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	pthread_t thread;

	CHECK(strlen(path) < sizeof(addr.sun_path));
	strcpy(addr.sun_path, path);
	CHECK(bind(sock, (struct sockaddr *)&addr, sizeof(addr)) == 0 && listen(sock, 1) == 0);
	CHECK(pthread_create(&thread, NULL, serve_another_version, &sock) == 0);
	setenv("VTHUNK_SOCKET", path, 1);
	STATUS(hsaKmtOpenKFD(), HSAKMT_STATUS_DRIVER_MISMATCH);
	pthread_join(thread, NULL);
	close(sock);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
    {"calls", test_calls},         {"memory", test_memory}, {"events", test_events},
    {"user", test_user},           {"fork", test_fork},     {"twice", test_twice},
    {"reconnect", test_reconnect},
};

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "version") == 0) {
		test_version(argv[2]);
		puts("ok");
		return 0;
	}
	for (size_t i = 0; argc == 2 && i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(argv[1], tests[i].name) == 0) {
			tests[i].run();
			puts("ok");
			return 0;
		}
	}
	return 2;
}
