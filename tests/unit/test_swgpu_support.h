/*
 * The software GPU as a bare program uses it: through hsaKmt functions, with queues and packets
 * written by hand.
 */
#ifndef TEST_SWGPU_SUPPORT_H
#define TEST_SWGPU_SUPPORT_H

#include <hsa/amd_hsa_queue.h>
#include <hsa/amd_hsa_signal.h>

#include "proto/abi/thunk.h"
#include "tests/support/vt_test.h"

#define GPU_NODE        1u
#define CPU_NODE        0u
#define TEST_PAGE       4096u

#define ASSERT_OK(call) VT_ASSERT_EQ(call, HSAKMT_STATUS_SUCCESS)

/* As in hsakmt.h of ROCm 5.6 and later. */
HSAKMT_STATUS hsaKmtExportDMABufHandle(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
				       int *DMABufFd, HSAuint64 *Offset);

void gpu_open(void);
void gpu_close(void);

/* Memory of the host's node, or of the GPU's, mapped to the GPU. */
void *gpu_alloc_on(HSAuint32 node, size_t bytes);
void *gpu_alloc(size_t bytes);
void gpu_free(void *p);

HsaEvent *event_new(HSA_EVENTTYPE type, bool manual);

/* event may be NULL. */
amd_signal_t *signal_new(int64_t value, const HsaEvent *event);
uint64_t signal_handle(const amd_signal_t *signal);

/* Single words that a queue may be using at the same time. */
static inline int64_t peek(const volatile void *word)
{
	return __atomic_load_n((const volatile int64_t *)word, __ATOMIC_ACQUIRE);
}

static inline void poke(volatile void *word, int64_t value)
{
	__atomic_store_n((volatile int64_t *)word, value, __ATOMIC_RELEASE);
}

/* Whether *word becomes `want` within ms milliseconds. */
bool becomes(const volatile int64_t *word, int64_t want, unsigned ms);

/* How long a test waits for what must happen, and for what must not. */
#define SOON_MS  20000u
#define NEVER_MS 60u

struct test_queue {
	HsaQueueResource res;
	uint8_t *ring;
	size_t bytes;
	amd_queue_t *amd;       /* AQL */
	amd_signal_t *inactive; /* AQL: errors come here */
	uint64_t sdma_write;    /* SDMA */
};

void aql_open(struct test_queue *q);
void sdma_open(struct test_queue *q);

/* Writes a packet of 64 bytes and rings. */
void aql_put(struct test_queue *q, const void *packet);

/* A barrier packet; its dependencies are up to five signals. */
hsa_barrier_and_packet_t aql_barrier(unsigned type, amd_signal_t *done, amd_signal_t *const *deps,
				     unsigned n);

/* A dispatch of `groups` workgroups of `items` work-items, in one dimension. */
hsa_kernel_dispatch_packet_t aql_dispatch(const void *object, uint32_t groups, uint16_t items,
					  void *kernarg, amd_signal_t *done);

/* A kernel object with 4 VGPRs, whose s[0:1] is the kernarg segment's address and s2 the
 * workgroup's number. */
void *kernel_new(const uint32_t *code, size_t words);

/* Writes words into the ring, without ringing; then rings. */
void sdma_put(struct test_queue *q, const uint32_t *words, size_t n);
void sdma_ring(struct test_queue *q);

#endif
