/* Kernels without a GPU around them. */
#include <stdatomic.h>
#include <sys/mman.h>

#include "tests/unit/test_exec_support.h"

#define PAGE   4096u
#define RANGES 16

static struct swgpu_range ranges[RANGES];
static unsigned range_count;
_Atomic uint32_t last_interrupt;

static void interrupt(void *user, uint32_t event)
{
	(void)user;
	atomic_store(&last_interrupt, event);
}

static uint64_t clock_now(void *user)
{
	(void)user;
	return 12345;
}

static const struct swgpu_env env = {
    .interrupt = interrupt,
    .clock = clock_now,
    .shared_base = SHARED_BASE,
    .private_base = PRIVATE_BASE,
};

/* The side of mem/ that the interpreter sees. */

bool swgpu_tlb_miss(struct swgpu_tlb *tlb, uint64_t va, uint64_t len, unsigned access)
{
	for (unsigned i = 0; i < range_count; i++) {
		const struct swgpu_range *r = &ranges[i];

		if (va >= r->lo && va < r->hi && len <= r->hi - va &&
		    (r->access & access) == access) {
			tlb->way[tlb->next++ % SWGPU_TLB_WAYS] = *r;
			return true;
		}
	}
	return false;
}

void swgpu_tlb_sync(struct swgpu_tlb *tlb)
{
	memset(tlb->way, 0, sizeof(tlb->way));
}

size_t engine_count(void)
{
	size_t n = 0;

	while (swgpu_engine_at((unsigned)n))
		n++;
	return n;
}

void *gpu_alloc(size_t bytes)
{
	size_t pages = (bytes + PAGE - 1) / PAGE * PAGE;
	uint8_t *at = mmap(NULL, pages + 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	VT_ASSERT(at != MAP_FAILED);
	VT_ASSERT(range_count < RANGES);
	ranges[range_count++] = (struct swgpu_range){
	    (uintptr_t)at + PAGE, (uintptr_t)at + PAGE + pages, SWGPU_READ | SWGPU_WRITE};
	return at + PAGE;
}

void gpu_reset(void)
{
	while (range_count) {
		const struct swgpu_range *r = &ranges[--range_count];

		munmap((void *)(uintptr_t)(r->lo - PAGE), r->hi - r->lo + 2 * PAGE);
	}
}

void kernel_init(struct kernel *k, size_t row, const uint32_t *code, size_t words, uint32_t items)
{
	memset(k, 0, sizeof(*k));
	k->words = words;
	k->code = gpu_alloc(4 * words);
	memcpy(k->code, code, 4 * words);
	k->args = gpu_alloc(64);
	k->launch = (struct swgpu_launch){
	    .entry = (uintptr_t)k->code,
	    .rsrc1 =
		31 / 4 | 0xf0 << 12 | 1 << 21 | 1 << 23, /* 32 VGPRs; modes as compilers set them */
	    .rsrc2 = 2 << 1 | 1 << 7 | 2 << 11, /* 2 user SGPRs, workgroup id x, ids in v0..v2 */
	    .properties = SWGPU_KD_KERNARG_PTR,
	    .group_size = {(uint16_t)items, 1, 1},
	    .grid_size = {items, 1, 1},
	    .group_count = {1, 1, 1},
	    .lds_size = 4096,
	    .kernarg_va = (uintptr_t)k->args,
	    .engine = swgpu_engine_at((unsigned)row),
	    .env = &env,
	    .gfx = "gfx906",
	};
	VT_ASSERT_EQ(swgpu_code_create(&k->launch.code, "gfx906"), 0);
}

void kernel_fini(struct kernel *k)
{
	swgpu_code_destroy(k->launch.code);
	gpu_reset();
}

enum swgpu_run kernel_run(struct kernel *k, uint32_t x, uint64_t budget, struct swgpu_fault *fault)
{
	struct swgpu_group *group;
	enum swgpu_run run;

	VT_ASSERT_EQ(swgpu_launch_check(&k->launch, &k->tlb), 0);
	VT_ASSERT_EQ(swgpu_group_create(&group, &k->launch), 0);
	swgpu_group_start(group, x, 0, 0);
	do {
		run = swgpu_group_run(group, &k->tlb, budget);
	} while (run == SWGPU_RUN_AGAIN);
	if (fault)
		*fault = *swgpu_group_fault(group);
	swgpu_group_destroy(group);
	return run;
}

void kernel_run_all(struct kernel *k)
{
	for (uint32_t x = 0; x < k->launch.group_count[0]; x++)
		VT_ASSERT_EQ(kernel_run(k, x, UINT64_MAX, NULL), SWGPU_RUN_DONE);
}
