/* The memory table against a renderer that is a function: what is asked, what is answered here, and
 * what is a lie. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/wire/msg.h"
#include "tests/support/vt_test.h"
#include "tests/unit/test_guest_fake.h"

#define MIB (UINT64_C(1) << 20)

static struct vt_session *s;
static struct vt_mem_alloc_rep answer; /* to the next MEM_ALLOC */
static bool with_file;
static struct vt_user_register_req registered;
static uint64_t freed, deregistered;
static uint64_t next_id;
static int map_err; /* of MEM_MAP */

static int make_file(uint64_t bytes)
{
	int fd = memfd_create("test", 0);

	VT_ASSERT_EQ(ftruncate(fd, (off_t)bytes), 0);
	return fd;
}

/* From an address of registered memory here to the GPU's. */
#define GPU_APART (UINT64_C(1) << 47)

static int renderer(unsigned op, const void *req, void *rep, int *fd)
{
	switch (op) {
	case VT_OP_MEM_ALLOC:
		*(struct vt_mem_alloc_rep *)rep = answer;
		*fd = with_file ? make_file(answer.blob.size) : -1;
		return 0;
	case VT_OP_MEM_FREE: freed = ((const struct vt_mem_free_req *)req)->mem_id; return 0;
	case VT_OP_USER_REGISTER:
		registered = *(const struct vt_user_register_req *)req;
		((struct vt_user_register_rep *)rep)->mem_id = ++next_id;
		((struct vt_user_register_rep *)rep)->mapped_nodes_mask = 2;
		((struct vt_user_register_rep *)rep)->gpu_va = registered.base_va + GPU_APART;
		return 0;
	case VT_OP_USER_DEREGISTER:
		deregistered = ((const struct vt_user_deregister_req *)req)->mem_id;
		return 0;
	case VT_OP_MEM_MAP: ((struct vt_mem_map_rep *)rep)->mapped_nodes_mask = 0; return map_err;
	default: return 0;
	}
}

static void begin(void)
{
	s = vt_fake_session_create(renderer);
	freed = deregistered = next_id = 0;
	map_err = 0;
	with_file = true;
	answer = (struct vt_mem_alloc_rep){
	    .mem_id = 5,
	    .va = s->window.base + MIB,
	    .mapped_nodes_mask = 2,
	    .blob = {.blob_id = 9, .base_va = s->window.base, .size = 4 * MIB, .is_new = true},
	};
}

static int alloc(uint64_t size, uint64_t *va)
{
	return vt_memory_alloc(s, 1, size, 0, 0x40, 0, va);
}

VT_TEST(memory, one_blob_serves_many_allocations)
{
	uint64_t a, b;

	begin();
	VT_ASSERT_EQ(alloc(MIB, &a), 0);
	VT_ASSERT_EQ(a, s->window.base + MIB);
	*(volatile uint8_t *)a = 1;
	answer.mem_id = 6;
	answer.va += MIB;
	answer.blob.is_new = false;
	with_file = false;
	VT_ASSERT_EQ(alloc(MIB, &b), 0);
	*(volatile uint8_t *)b = 1;
	VT_ASSERT_EQ(vt_memory_map(s, b, MIB, 2, 0), 0);
	VT_ASSERT_EQ(vt_memory_unmap(s, b), 0);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_MAP), 0); /* it is mapped from the start */
	VT_ASSERT_EQ(vt_memory_free(s, a + 4096), -ESRCH);
	VT_ASSERT_EQ(vt_memory_free(s, a), 0);
	VT_ASSERT_EQ(freed, 5);
	VT_ASSERT_EQ(vt_memory_free(s, a), -ESRCH);
	vt_fake_session_destroy(s);
}

VT_TEST(memory, questions_are_answered_here)
{
	struct vt_mem_info info;
	int data;
	uint64_t a;

	begin();
	VT_ASSERT_EQ(alloc(MIB, &a), 0);
	VT_ASSERT_EQ(vt_memory_map(s, a, MIB, 2, 0), 0);
	VT_ASSERT_EQ(vt_memory_set_user_data(s, a, &data), 0);
	VT_ASSERT_EQ(vt_memory_set_user_data(s, a + 1, &data), -ESRCH);
	VT_ASSERT_EQ(vt_memory_query(s, a + MIB - 1, &info), 0);
	VT_ASSERT(info.va == a && info.size == MIB && info.node == 1 && info.flags_bits == 0x40 &&
		  !info.is_user);
	VT_ASSERT(info.mapped_mask == 2 && info.user_data == &data);
	VT_ASSERT_EQ(vt_memory_query(s, a + MIB, &info), -ESRCH);
	VT_ASSERT_EQ(vt_memory_query(s, a - 1, &info), -ESRCH);
	vt_fake_session_destroy(s);
}

VT_TEST(memory, scratch_is_mapped_in_pieces)
{
	struct vt_mem_info info;
	uint64_t a;

	begin();
	answer.attr_bits = VT_MEM_NO_BLOB;
	answer.blob = (struct vt_blob){.blob_id = 0};
	with_file = false;
	VT_ASSERT_EQ(alloc(16 * MIB, &a), 0);
	map_err = -ENOMEM;
	VT_ASSERT_EQ(vt_memory_map(s, a + MIB, MIB, 2, 0), -ENOMEM);
	VT_ASSERT(vt_memory_query(s, a, &info) == 0 && info.mapped_mask == 0);
	map_err = 0;
	VT_ASSERT_EQ(vt_memory_map(s, a + MIB, MIB, 2, 0), 0);
	VT_ASSERT(vt_memory_query(s, a, &info) == 0 && info.mapped_mask == 2);
	VT_ASSERT_EQ(vt_memory_map(s, a + MIB, 16 * MIB, 2, 0), -EINVAL);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_MAP), 2);
	VT_ASSERT_EQ(vt_memory_unmap(s, a + MIB), 0);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_UNMAP), 1);
	vt_fake_session_destroy(s);
}

/* Executable memory, which is never kept. */
static int alloc_code(uint64_t size, uint64_t *va)
{
	return vt_memory_alloc(s, 1, size, 0, 0x1040, 0, va);
}

VT_TEST(memory, a_blob_of_its_own_goes_with_its_memory)
{
	uint64_t a;

	begin();
	answer.attr_bits = VT_MEM_OWN_BLOB;
	answer.va = answer.blob.base_va;
	VT_ASSERT_EQ(alloc_code(4 * MIB, &a), 0);
	VT_ASSERT_EQ(vt_memory_free(s, a), 0);
	VT_ASSERT(mprotect((void *)a, 4096, PROT_NONE) == 0); /* still reserved */
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_FREE), 1);
	answer.mem_id = 7;
	VT_ASSERT_EQ(alloc_code(4 * MIB, &a), 0); /* the same id and place again */
	*(volatile uint8_t *)a = 1;
	vt_fake_session_destroy(s);
}

struct lie {
	const char *what;
	void (*tell)(void);
};

static void lie_outside(void)
{
	answer.va = s->window.base + s->window.size;
}

static void lie_across_the_end(void)
{
	answer.va = s->window.base + 4 * MIB - 4096;
}

static void lie_blob_outside(void)
{
	answer.blob.base_va = s->window.base - 4 * MIB;
}

static void lie_no_file(void)
{
	with_file = false;
}

static void lie_not_aligned(void)
{
	answer.blob.base_va += 1;
}

static void lie_unknown_blob(void)
{
	answer.blob.is_new = false;
	with_file = false;
}

static void lie_unasked_file(void)
{
	answer.attr_bits = VT_MEM_NO_BLOB;
	answer.blob = (struct vt_blob){.blob_id = 0, .size = 4096};
}

static void lie_own_but_not_new(void)
{
	answer.attr_bits = VT_MEM_OWN_BLOB;
	lie_unknown_blob();
}

static const struct lie lies[] = {
    {"a blob of its own that is not new", lie_own_but_not_new},
    {"outside the window", lie_outside},
    {"across the blob's end", lie_across_the_end},
    {"blob outside the window", lie_blob_outside},
    {"no file", lie_no_file},
    {"not aligned", lie_not_aligned},
    {"unknown blob", lie_unknown_blob},
    {"a file nobody asked for", lie_unasked_file},
};

VT_TEST_ROWS(memory, lies_are_refused, VT_ARRAY_LEN(lies))
{
	uint64_t a;

	begin();
	lies[row].tell();
	VT_ASSERT_MSG(alloc(MIB, &a) == -EBADMSG, "%s", lies[row].what);
	VT_ASSERT_EQ(freed, 5);
	vt_fake_session_destroy(s);
}

VT_TEST(memory, an_address_given_twice_is_refused)
{
	uint64_t a, b;

	begin();
	VT_ASSERT_EQ(alloc(MIB, &a), 0);
	answer.mem_id = 6;
	answer.va += MIB / 2;
	answer.blob.is_new = false;
	with_file = false;
	VT_ASSERT_EQ(alloc(MIB, &b), -EBADMSG);
	VT_ASSERT_EQ(freed, 6);
	vt_fake_session_destroy(s);
}

/* What could not be entered leaves nothing mapped that would be in the next one's way. */
VT_TEST(memory, a_refused_blob_is_gone)
{
	uint64_t scratch, a;

	begin();
	answer = (struct vt_mem_alloc_rep){
	    .mem_id = 5, .va = s->window.base, .attr_bits = VT_MEM_NO_BLOB};
	with_file = false;
	VT_ASSERT_EQ(alloc(4 * MIB, &scratch), 0);
	answer.mem_id = 6;
	answer.attr_bits = VT_MEM_OWN_BLOB;
	answer.blob = (struct vt_blob){
	    .blob_id = 9, .base_va = s->window.base, .size = 4 * MIB, .is_new = true};
	with_file = true;
	VT_ASSERT_EQ(alloc_code(4 * MIB, &a), -EBADMSG); /* where the scratch is */
	VT_ASSERT_EQ(freed, 6);
	VT_ASSERT_EQ(vt_memory_free(s, scratch), 0);
	answer.blob.blob_id = 10;
	VT_ASSERT_EQ(alloc_code(4 * MIB, &a), 0);
	*(volatile uint8_t *)a = 1;
	vt_fake_session_destroy(s);
}

VT_TEST(memory, registrations_are_counted_and_shared)
{
	uint64_t page =
	    (uint64_t)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vt_mem_info info;

	begin();
	VT_ASSERT_EQ(vt_memory_register(s, page + 16, 100, 0x40, 0), 0);
	VT_ASSERT(registered.base_va == page && registered.size == 4096);
	VT_ASSERT_EQ(vt_memory_register(s, page + 16, 100, 0x40, 0), 0);
	VT_ASSERT_EQ(vt_memory_register(s, page + 16, 101, 0x40, 0), -EEXIST);
	VT_ASSERT_EQ(vt_memory_register(s, page + 200, 100, 0x40, 0), 0);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_USER_REGISTER), 1);
	VT_ASSERT_EQ(vt_memory_map(s, page + 16, 100, 2, 0), 0);
	VT_ASSERT_EQ(vt_memory_query(s, page + 20, &info), 0);
	VT_ASSERT(info.is_user && info.va == page + 16 && info.size == 100 &&
		  info.mapped_mask == 2);
	VT_ASSERT_EQ(info.gpu_va, page + 16 + GPU_APART);
	VT_ASSERT_EQ(vt_memory_query(s, page + 20 + GPU_APART, &info), 0);
	VT_ASSERT_EQ(info.va, page + 16);
	VT_ASSERT_EQ(vt_memory_deregister(s, page + 16), 0);
	VT_ASSERT_EQ(vt_memory_deregister(s, page + 16), 0);
	VT_ASSERT_EQ(vt_memory_deregister(s, page + 16), -ESRCH);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_USER_DEREGISTER), 0);
	VT_ASSERT_EQ(vt_memory_deregister(s, page + 200), 0);
	VT_ASSERT_EQ(deregistered, 1);
	VT_ASSERT_EQ(vt_memory_query(s, page + 20, &info), -ESRCH);
	vt_fake_session_destroy(s);
	munmap((void *)page, 8192);
}

VT_TEST(memory, allocated_memory_needs_no_registration)
{
	uint64_t a;

	begin();
	VT_ASSERT_EQ(alloc(MIB, &a), 0);
	VT_ASSERT_EQ(vt_memory_register(s, a + 100, 4096, 0x40, 0), 0);
	VT_ASSERT_EQ(vt_memory_register(s, a + MIB - 1, 2, 0x40, 0), -ENXIO);
	VT_ASSERT_EQ(vt_memory_deregister(s, a + 100), 0);
	VT_ASSERT_EQ(vt_memory_deregister(s, a + 100), -ESRCH);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_USER_REGISTER), 0);
	vt_fake_session_destroy(s);
}

VT_TEST(memory, the_end_of_a_session_gives_pages_back)
{
	uint8_t *page =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	begin();
	strcpy((char *)page, "mine");
	VT_ASSERT_EQ(vt_memory_register(s, (uint64_t)page, 4096, 0x40, 0), 0);
	vt_fake_session_destroy(s);
	VT_ASSERT(strcmp((char *)page, "mine") == 0);
	munmap(page, 4096);
}

/* --- what is kept --- */

static int alloc_own(uint64_t size, uint64_t *va)
{
	answer.mem_id++;
	answer.va = s->window.base + answer.mem_id * 16 * MIB;
	answer.blob = (struct vt_blob){
	    .blob_id = answer.mem_id, .base_va = answer.va, .size = size, .is_new = true};
	answer.attr_bits = VT_MEM_OWN_BLOB;
	return alloc(size, va);
}

VT_TEST(memory, large_ones_are_kept_and_zero)
{
	uint64_t a, b;

	begin();
	VT_ASSERT_EQ(alloc_own(4 * MIB, &a), 0);
	memset((void *)a, 7, 4 * MIB);
	VT_ASSERT_EQ(vt_memory_map(s, a, 4 * MIB, 2, 0), 0);
	VT_ASSERT_EQ(vt_memory_set_user_data(s, a, &b), 0);
	VT_ASSERT_EQ(vt_memory_free(s, a), 0);
	VT_ASSERT_EQ(vt_memory_free(s, a), -ESRCH);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_FREE), 0);
	VT_ASSERT_EQ(alloc_own(8 * MIB, &b), 0); /* another size */
	VT_ASSERT(b != a);
	VT_ASSERT_EQ(alloc_own(4 * MIB, &b), 0);
	VT_ASSERT_EQ(b, a);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_ALLOC), 2);
	for (uint64_t i = 0; i < 4 * MIB; i++)
		VT_ASSERT(((const uint8_t *)a)[i] == 0);
	VT_ASSERT_EQ(vt_memory_free(s, a), 0);
	vt_fake_session_destroy(s);
}

/* The fifth goes to the renderer, and so do all when it is asked what it has left. */
VT_TEST(memory, few_are_kept_and_given_back)
{
	uint64_t va[6], bytes;

	begin();
	for (unsigned i = 0; i < 6; i++)
		VT_ASSERT_EQ(alloc_own(4 * MIB, &va[i]), 0);
	for (unsigned i = 0; i < 6; i++)
		VT_ASSERT_EQ(vt_memory_free(s, va[i]), 0);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_FREE), 2);
	VT_ASSERT_EQ(vt_memory_available(s, 1, &bytes), 0);
	VT_ASSERT_EQ(vt_fake_count(s, VT_OP_MEM_FREE), 6);
	vt_fake_session_destroy(s);
}
