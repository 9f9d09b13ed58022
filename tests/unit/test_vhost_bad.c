/*
 * The vhost-user device against guests that lie. After each lie the device is the same process as
 * before and a context that had no part in it goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/vhost_renderer.h"
#include "tests/support/vt_test.h"

static struct test_vgpu guest, bystander;
static pid_t device;

static void begin(void)
{
	test_vhost_begin(NULL);
	front.next_resource = 1000; /* the bystander's: numbers that the others do not use */
	device = test_vhost_device();
	test_vhost_context(&bystander, 77);
}

static void end(void)
{
	test_vgpu_ping(&bystander);
	VT_ASSERT_EQ(test_vhost_device(), device);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 77), GPU_OK_NODATA);
	test_vhost_end();
}

/* --- Commands --- */

#define CTX   50 /* a context without a hello */
#define BLOB  60 /* a blob of it, mapped at 0 */
#define GUEST 61 /* a blob of guest memory */

struct command {
	uint32_t type, ctx_id;
	uint32_t bytes; /* of what follows the header */
	uint32_t answer;
	uint32_t word[12];
};

static const struct command commands[] = {
    {0, 0, 0, GPU_ERR_UNSPEC, {0}},
    {0x101, 0, 16, GPU_ERR_UNSPEC, {1, 1, 64, 64}}, /* 2D */
    {0x10a, 0, 8, GPU_ERR_UNSPEC, {0}},             /* EDID */
    {UINT32_MAX, 0, 8, GPU_ERR_UNSPEC, {0}},
    {GPU_GET_CAPSET_INFO, 0, 4, GPU_ERR_UNSPEC, {0}},
    {GPU_GET_CAPSET_INFO, 0, 8, GPU_OK_CAPSET_INFO, {UINT32_MAX}},
    {GPU_GET_CAPSET, 0, 8, GPU_ERR_INVALID_PARAMETER, {UINT32_MAX}},
    {GPU_CTX_CREATE, CTX, 71, GPU_ERR_UNSPEC, {0}},
    {GPU_CTX_CREATE, 51, 72, GPU_ERR_INVALID_PARAMETER, {65, VT_VGPU_CAPSET_ID}},
    {GPU_CTX_CREATE, 51, 72, GPU_ERR_INVALID_PARAMETER, {0, 2}},
    {GPU_CTX_CREATE, CTX, 72, GPU_ERR_INVALID_CONTEXT_ID, {0, VT_VGPU_CAPSET_ID}},
    {GPU_CTX_CREATE, 77, 72, GPU_ERR_INVALID_CONTEXT_ID, {0, VT_VGPU_CAPSET_ID}},
    {GPU_CTX_CREATE, 0, 72, GPU_ERR_INVALID_CONTEXT_ID, {0, VT_VGPU_CAPSET_ID}},
    {GPU_CTX_DESTROY, 51, 0, GPU_ERR_INVALID_CONTEXT_ID, {0}},
    {GPU_CTX_ATTACH_RESOURCE, CTX, 8, GPU_ERR_INVALID_RESOURCE_ID, {999}},
    {GPU_CTX_DETACH_RESOURCE, CTX, 8, GPU_ERR_INVALID_RESOURCE_ID, {0}},
    {GPU_RESOURCE_UNREF, CTX, 8, GPU_ERR_INVALID_RESOURCE_ID, {999}},
    {GPU_RESOURCE_UNREF, CTX, 4, GPU_ERR_UNSPEC, {BLOB}},
    /* resource, mem, flags, entries; blob id, size */
    {GPU_RESOURCE_CREATE_BLOB, CTX, 31, GPU_ERR_UNSPEC, {70, 2, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_RESOURCE_ID, {0, 2, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_RESOURCE_ID, {BLOB, 2, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 8, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 1, 1, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 1, 0, 1, 0, 0}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 1, 0, 1, 0, 4096, 1}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 1, 0, 2, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB,
     CTX,
     32,
     GPU_ERR_INVALID_PARAMETER,
     {70, 2, 1, 0, 1, 1u << 30, 4096}},
    {GPU_RESOURCE_CREATE_BLOB,
     CTX,
     32,
     GPU_ERR_INVALID_PARAMETER,
     {70, 2, 1, 0, 1, 1u << 31, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, 51, 32, GPU_ERR_INVALID_PARAMETER, {70, 2, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 3, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, CTX, 32, GPU_ERR_INVALID_PARAMETER, {70, 0, 1, 0, 1, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, 0, 32, GPU_ERR_INVALID_PARAMETER, {70, 1, 1, 0, 0, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB, 0, 48, GPU_ERR_INVALID_PARAMETER, {70, 1, 1, 2, 0, 0, 4096}},
    {GPU_RESOURCE_CREATE_BLOB,
     0,
     48,
     GPU_ERR_INVALID_PARAMETER,
     {70, 1, 1, UINT32_MAX, 0, 0, 4096}},
    /* resource, 0; offset */
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_RESOURCE_ID, {999, 0, 65536}},
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_RESOURCE_ID, {GUEST, 0, 65536}},
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_PARAMETER, {BLOB, 0, 65536}}, /* twice */
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_PARAMETER, {BLOB + 2, 0, 0}}, /* taken */
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_PARAMETER, {BLOB + 2, 0, 100}},
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_PARAMETER, {BLOB + 2, 0, FRONT_WINDOW}},
    {GPU_RESOURCE_MAP_BLOB, CTX, 16, GPU_ERR_INVALID_PARAMETER, {BLOB + 2, 0, 0, 1}},
    {GPU_RESOURCE_MAP_BLOB,
     CTX,
     16,
     GPU_ERR_INVALID_PARAMETER,
     {BLOB + 2, 0, 0xfffff000, UINT32_MAX}},
    {GPU_RESOURCE_MAP_BLOB, CTX, 12, GPU_ERR_UNSPEC, {BLOB + 2, 0, 65536}},
    {GPU_RESOURCE_UNMAP_BLOB, CTX, 8, GPU_ERR_INVALID_PARAMETER, {BLOB + 2}},
    {GPU_RESOURCE_UNMAP_BLOB, CTX, 8, GPU_ERR_INVALID_PARAMETER, {GUEST}},
    {GPU_RESOURCE_UNMAP_BLOB, CTX, 8, GPU_ERR_INVALID_RESOURCE_ID, {999}},
    {GPU_SUBMIT_3D, 51, 16, GPU_ERR_INVALID_CONTEXT_ID, {8, 0, VT_VGPU_WAKE, 0}},
    {GPU_SUBMIT_3D, CTX, 16, GPU_ERR_INVALID_PARAMETER, {12, 0, VT_VGPU_WAKE, 0}},
    {GPU_SUBMIT_3D, CTX, 16, GPU_ERR_INVALID_PARAMETER, {UINT32_MAX, 0, VT_VGPU_WAKE, 0}},
    {GPU_SUBMIT_3D, CTX, 4, GPU_ERR_UNSPEC, {0}},
    {GPU_SUBMIT_3D, CTX, 16, GPU_ERR_UNSPEC, {8, 0, VT_VGPU_WAKE, 0}}, /* ends it: no hello yet */
    {GPU_SUBMIT_3D, CTX, 16, GPU_ERR_UNSPEC, {8, 0, VT_VGPU_WAKE, 0}},
};

static void make_objects(void)
{
	struct {
		struct gpu_create_blob c;
		struct gpu_mem_entry e;
	} pages = {{.header = {.type = GPU_RESOURCE_CREATE_BLOB},
		    .resource_id = GUEST,
		    .mem = GPU_BLOB_GUEST,
		    .flags = 1,
		    .num_entries = 1,
		    .size = 4096},
		   {FRONT_HIGH, 4096, 0}};

	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, CTX), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_blob(&front, CTX, BLOB, VT_VGPU_BLOB_CONTROL, 4096), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_blob(&front, CTX, BLOB + 2, VT_VGPU_BLOB_CONTROL, 4096),
		     GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_command(&front, &pages, sizeof(pages), NULL, 0), GPU_OK_NODATA);
}

VT_TEST(vhost_bad, commands)
{
	struct {
		struct gpu_header h;
		uint32_t word[20];
	} c;

	begin();
	make_objects(); /* the bystander's blobs are mapped from 0 on */
	VT_ASSERT_EQ(test_front_map(&front, BLOB, 32 << 20), GPU_OK_MAP_INFO);
	for (unsigned i = 0; i < VT_ARRAY_LEN(commands); i++) {
		uint32_t answer;

		memset(&c, 0, sizeof(c));
		c.h.type = commands[i].type;
		c.h.ctx_id = commands[i].ctx_id;
		memcpy(c.word, commands[i].word, sizeof(commands[i].word));
		answer = test_front_command(&front, &c, sizeof(c.h) + commands[i].bytes, NULL, 0);
		VT_ASSERT_MSG(answer == commands[i].answer, "command %u: answer %#x", i, answer);
	}
	VT_ASSERT_EQ(test_front_resource(&front, GPU_RESOURCE_UNREF, 0, BLOB), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_resource(&front, GPU_RESOURCE_UNREF, 0, GUEST), GPU_OK_NODATA);
	end();
}

/* Too short for a header, longer than any command may be, without room for the answer. */
VT_TEST(vhost_bad, sizes)
{
	struct gpu_header h = {.type = GPU_GET_DISPLAY_INFO, .flags = GPU_FLAG_FENCE};
	struct gpu_header answer;
	unsigned slot;

	begin();
	for (uint32_t bytes = 1; bytes < sizeof(h); bytes++)
		VT_ASSERT_EQ(test_front_command(&front, &h, bytes, NULL, 0), GPU_ERR_UNSPEC);
	/* Too little room for its answer, but for a fence; then for nothing. */
	for (uint32_t room = 23; room < 100; room += 41) {
		slot = test_front_submit(&front, &h, sizeof(h));
		VT_ASSERT(test_front_done(&front, slot, 5000));
		front.slot[slot].busy = true;
		front.desc[2 * slot + 1].len = room;
		memset(test_front_at(&front, front.desc[2 * slot + 1].addr), 0, 1024);
		test_front_offer(&front, (uint16_t)(2 * slot));
		VT_ASSERT(test_front_done(&front, slot, 5000));
		memcpy(&answer, test_front_at(&front, front.desc[2 * slot + 1].addr),
		       sizeof(answer));
		VT_ASSERT_EQ(front.slot[slot].len, room < 24 ? 0 : 24);
		VT_ASSERT_EQ(answer.type, room < 24 ? 0 : GPU_ERR_UNSPEC);
	}
	/* 8 MiB, most of it the same memory again. */
	h.flags = GPU_FLAG_FENCE | GPU_FLAG_RING_IDX;
	slot = test_front_submit(&front, &h, sizeof(h));
	VT_ASSERT(test_front_done(&front, slot, 5000));
	front.slot[slot].busy = true;
	for (unsigned i = 0; i < 4; i++)
		front.desc[FRONT_QUEUE - 8 + i] = (struct front_desc){
		    FRONT_HIGH, 2 << 20, 1, (uint16_t)(i < 3 ? FRONT_QUEUE - 7 + i : 2 * slot + 1)};
	front.desc[2 * slot].next = FRONT_QUEUE - 8;
	front.desc[2 * slot + 1].len = 1024;
	test_front_offer(&front, (uint16_t)(2 * slot));
	VT_ASSERT(test_front_done(&front, slot, 5000));
	memcpy(&answer, test_front_at(&front, front.desc[2 * slot + 1].addr), sizeof(answer));
	VT_ASSERT(answer.type == GPU_ERR_UNSPEC && answer.flags == h.flags); /* the fence is told */
	end();
}

/* --- Chains --- */

#define DESC_NEXT     1
#define DESC_WRITE    2
#define DESC_INDIRECT 4
#define TABLE         (FRONT_HIGH + (6u << 20)) /* an indirect one */

struct chain {
	struct front_desc d[3]; /* descriptors 1000.. of the queue */
	struct front_desc t[3]; /* the table */
};

static const struct chain chains[] = {
    {{{FRONT_HIGH, 24, DESC_NEXT, 1001}, {FRONT_HIGH, 24, DESC_NEXT, 1000}}, {{0}}},
    {{{FRONT_HIGH, 24, DESC_NEXT, 1000}}, {{0}}},
    {{{FRONT_HIGH, 24, DESC_NEXT, FRONT_QUEUE}}, {{0}}},
    {{{FRONT_HIGH, 24, DESC_NEXT, UINT16_MAX}}, {{0}}},
    {{{FRONT_HIGH, 0, 0, 0}}, {{0}}},
    {{{FRONT_HIGH, 24, DESC_WRITE | DESC_NEXT, 1001}, {FRONT_HIGH, 24, 0, 0}}, {{0}}},
    {{{TABLE, 16, DESC_INDIRECT | DESC_NEXT, 1001}}, {{FRONT_HIGH, 24, 0, 0}}},
    {{{TABLE, 16, DESC_INDIRECT | DESC_WRITE, 0}}, {{FRONT_HIGH, 24, 0, 0}}},
    {{{TABLE, 0, DESC_INDIRECT, 0}}, {{0}}},
    {{{TABLE, 17, DESC_INDIRECT, 0}}, {{FRONT_HIGH, 24, 0, 0}}},
    {{{TABLE, 16, DESC_INDIRECT, 0}}, {{TABLE, 16, DESC_INDIRECT, 0}}},
    {{{TABLE, 32, DESC_INDIRECT, 0}}, {{FRONT_HIGH, 24, DESC_NEXT, 0}}},
    {{{TABLE, 32, DESC_INDIRECT, 0}}, {{FRONT_HIGH, 24, DESC_NEXT, 2}}},
    {{{TABLE, 1u << 31, DESC_INDIRECT, 0}}, {{FRONT_HIGH, 24, 0, 0}}},
    {{{FRONT_LOW_SIZE, 32, DESC_INDIRECT, 0}}, {{0}}}, /* a table in the hole */
    {{{UINT64_MAX - 15, 16, DESC_INDIRECT, 0}}, {{0}}},
};

static void offer_chain(const struct chain *c)
{
	memcpy(&front.desc[1000], c->d, sizeof(c->d));
	memcpy(test_front_at(&front, TABLE), c->t, sizeof(c->t));
	front.slot[500] = (struct front_slot){.busy = true};
	test_front_offer(&front, 1000);
	VT_ASSERT(test_front_done(&front, 500, 5000));
}

VT_TEST_ROWS(vhost_bad, chains, VT_ARRAY_LEN(chains))
{
	begin();
	offer_chain(&chains[row]);
	VT_ASSERT_EQ(front.slot[500].len, 0);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, 5), GPU_OK_NODATA);
	end();
}

/* Buffers that are not in memory, in part or whole. */
VT_TEST(vhost_bad, addresses)
{
	static const uint64_t at[] = {
	    FRONT_LOW_SIZE,    FRONT_LOW_SIZE - 8,
	    FRONT_HIGH - 8,    FRONT_HIGH + FRONT_SIZE - FRONT_LOW_SIZE - 8,
	    UINT64_MAX - 7,    UINT64_MAX,
	    0x7e0000000000ull, 1ull << 63};
	struct chain c = {
	    {{FRONT_HIGH, 24, DESC_NEXT, 1001}, {FRONT_HIGH + 4096, 24, DESC_WRITE, 0}}, {{0}}};
	uint32_t type;

	begin();
	for (unsigned i = 0; i < VT_ARRAY_LEN(at); i++) {
		c.d[0].addr = at[i];
		c.d[1].addr = FRONT_HIGH + 4096;
		memset(test_front_at(&front, FRONT_HIGH + 4096), 0, 24);
		offer_chain(&c);
		memcpy(&type, test_front_at(&front, FRONT_HIGH + 4096), 4);
		VT_ASSERT_EQ(type, GPU_ERR_UNSPEC);
		c.d[0].addr = FRONT_HIGH;
		c.d[1].addr = at[i];
		offer_chain(&c);
		VT_ASSERT_EQ(front.slot[500].len, 0);
	}
	end();
}

/* An indirect table that is right. */
VT_TEST(vhost_bad, indirect_is_fine)
{
	static const struct chain c = {{{TABLE, 48, DESC_INDIRECT, 0}},
				       {{FRONT_HIGH, 10, DESC_NEXT, 1},
					{FRONT_HIGH + 10, 14, DESC_NEXT, 2},
					{FRONT_HIGH + 4096, 1024, DESC_WRITE, 0}}};
	struct gpu_header h = {.type = GPU_GET_DISPLAY_INFO};
	uint32_t type;

	begin();
	memcpy(test_front_at(&front, FRONT_HIGH), &h, sizeof(h));
	offer_chain(&c);
	VT_ASSERT_EQ(front.slot[500].len, sizeof(struct gpu_display_info));
	memcpy(&type, test_front_at(&front, FRONT_HIGH + 4096), 4);
	VT_ASSERT_EQ(type, GPU_OK_DISPLAY_INFO);
	end();
}

/* What breaks the queue: it rests until the guest begins anew. */
VT_TEST_ROWS(vhost_bad, queues, 5)
{
	struct gpu_header h = {.type = GPU_GET_DISPLAY_INFO};
	unsigned slot;

	begin();
	switch (row) {
	case 0: test_front_offer(&front, FRONT_QUEUE); break;
	case 1: test_front_offer(&front, UINT16_MAX); break;
	case 2:
		front.avail[1] += 5000;
		test_front_offer(&front, 0);
		break;
	case 3:
		front.avail[1]--;
		front.avail[1]--;
		test_front_offer(&front, 0);
		break;
	default: /* the same descriptor again while it is in use */
		test_vgpu_await(&bystander, 1, VT_VGPU_WORD_GONE, 0);
		slot = 0;
		while (!front.slot[slot].busy)
			slot++;
		test_front_serve(&front, 20);
		test_front_offer(&front, (uint16_t)(2 * slot));
		break;
	}
	slot = test_front_submit(&front, &h, sizeof(h));
	VT_ASSERT(!test_front_done(&front, slot, 50));
	test_vgpu_ping(&bystander); /* needs no queue */
	test_front_reboot(&front);
	VT_ASSERT(test_vhost_workers(0));
	test_vhost_context(&bystander, 77);
	end();
}

/* The whole queue full of fences that wait, and a context with more than it may have. */
VT_TEST(vhost_bad, fences)
{
	uint64_t fence = 0, last = 0;

	begin();
	test_vhost_context(&guest, 1);
	for (unsigned i = 0; i < VT_VGPU_MAX_FENCES; i++)
		last = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
	for (unsigned i = 0; i < 200; i++)
		fence = test_vgpu_await(&bystander, 1, VT_VGPU_WORD_GONE, 0);
	VT_ASSERT(!test_front_ops.retires(&front, last, 50));
	test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
	VT_ASSERT(test_front_ops.retires(&front, last, 1000));
	VT_ASSERT_EQ(atomic_load(&guest.control->state), VT_VGPU_GONE);
	VT_ASSERT(!test_front_ops.retires(&front, fence, 50));
	end();
}

/* A command of the protocol that is wrong ends its context, whatever rings it names. */
VT_TEST(vhost_bad, rings)
{
	const struct vt_vgpu_await await = {VT_VGPU_AWAIT, VT_VGPU_WORD_BELL, 0, 0};
	uint64_t fence, wrong;

	begin();
	test_vhost_context(&guest, 1);
	fence = test_vgpu_await(&guest, 3, VT_VGPU_WORD_BELL, 0);
	wrong = test_front_ops.submit(&front, 1, 200, &await, sizeof(await));
	VT_ASSERT(test_front_ops.retires(&front, wrong, 1000));
	VT_ASSERT(test_front_ops.retires(&front, fence, 1000));
	VT_ASSERT_EQ(atomic_load(&guest.control->state), VT_VGPU_GONE);
	end();
}

/* --- Noise --- */

static uint32_t odd(void)
{
	switch (rand() % 8) {
	case 0: return 0;
	case 1: return 1;
	case 2: return 2;
	case 3: return CTX;
	case 4: return BLOB + (uint32_t)rand() % 3;
	case 5: return 4096u << rand() % 16;
	case 6: return VT_VGPU_CAPSET_ID;
	default: return (uint32_t)rand() * 3u;
	}
}

VT_TEST_ROWS(vhost_bad, noise, 4)
{
	static const uint32_t types[] = {
	    GPU_GET_DISPLAY_INFO, GPU_RESOURCE_UNREF,       GPU_GET_CAPSET_INFO,
	    GPU_GET_CAPSET,       GPU_RESOURCE_CREATE_BLOB, GPU_CTX_CREATE,
	    GPU_CTX_DESTROY,      GPU_CTX_ATTACH_RESOURCE,  GPU_CTX_DETACH_RESOURCE,
	    GPU_SUBMIT_3D,        GPU_RESOURCE_MAP_BLOB,    GPU_RESOURCE_UNMAP_BLOB};
	struct {
		struct gpu_header h;
		uint32_t word[40];
	} c;
	unsigned slot;

	srand((unsigned)row + 1);
	begin();
	make_objects();
	for (unsigned i = 0; i < 5000; i++) {
		uint32_t type = types[(unsigned)rand() % VT_ARRAY_LEN(types)];

		for (unsigned w = 0; w < VT_ARRAY_LEN(c.word); w++)
			c.word[w] = odd();
		c.h = (struct gpu_header){.type = type,
					  .flags = (uint32_t)rand() % 4,
					  .fence_id = i,
					  .ctx_id = rand() % 4 ? CTX : odd(),
					  .ring_idx = (uint8_t)odd()};
		if (c.h.ctx_id == 77)
			continue;
		slot = test_front_submit(&front, &c, (size_t)rand() % sizeof(c) + 1);
		VT_ASSERT_MSG(test_front_done(&front, slot, 5000), "command %u: no answer", i);
	}
	end();
}
