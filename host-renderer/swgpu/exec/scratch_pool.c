/* A few free blocks of private memory, for dispatches that follow one another with the same needs.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "host-renderer/swgpu/exec/scratch_pool.h"

#define BLOCKS     32
#define CLEAR_MAX  (512u << 10) /* above, it is quicker to give pages back than to write them */
#define PAGE_BYTES 4096u

static struct {
	uint8_t *at;
	size_t bytes;
} pool[BLOCKS]; /* guarded by pool_lock */
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;

static uint8_t *take_pooled(size_t bytes)
{
	uint8_t *at = NULL;

	pthread_mutex_lock(&pool_lock);
	for (unsigned i = 0; i < BLOCKS && !at; i++) {
		if (pool[i].at && pool[i].bytes == bytes) {
			at = pool[i].at;
			pool[i].at = NULL;
		}
	}
	pthread_mutex_unlock(&pool_lock);
	return at;
}

uint8_t *swgpu_scratch_take(size_t bytes)
{
	uint8_t *at = take_pooled(bytes);

	if (at)
		return at;
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		  -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

void swgpu_scratch_put(uint8_t *scratch, size_t bytes)
{
	if (!scratch)
		return;
	pthread_mutex_lock(&pool_lock);
	for (unsigned i = 0; i < BLOCKS && scratch; i++) {
		if (!pool[i].at) {
			pool[i].at = scratch;
			pool[i].bytes = bytes;
			scratch = NULL;
		}
	}
	pthread_mutex_unlock(&pool_lock);
	if (scratch)
		munmap(scratch, bytes);
}

void swgpu_scratch_clear(uint8_t *scratch, size_t used)
{
	uintptr_t first = ((uintptr_t)scratch + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
	uintptr_t end = ((uintptr_t)scratch + used) & ~(uintptr_t)(PAGE_BYTES - 1);

	if (used <= CLEAR_MAX || madvise((void *)first, end - first, MADV_DONTNEED)) {
		memset(scratch, 0, used);
		return;
	}
	memset(scratch, 0, first - (uintptr_t)scratch);
	memset((void *)end, 0, (uintptr_t)scratch + used - end);
}
