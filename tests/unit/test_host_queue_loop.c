/* Queues, doorbells and events over the whole way. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/client.h"
#include "tests/support/vt_test.h"

#define HOST 0x20040u
#define AQL  21u
#define SDMA 2u

static struct test_client client;

static void begin(struct test_renderer *r)
{
	static const char *const more[] = {"--max-queues", "4", "--max-events", "5", NULL};

	test_renderer_start(r, more);
	test_client_open(&client, r);
	test_client_window(&client);
}

static void end(struct test_renderer *r)
{
	test_client_close(&client);
	VT_ASSERT(test_renderer_workers(r, 0));
	VT_ASSERT_EQ(test_renderer_stop(r), 0);
}

static struct vt_queue_create_req aql_request(uint64_t *ret_words)
{
	struct vt_mem_alloc_rep ring, words;

	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 65536, &ring), 0);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 4096, &words), 0);
	*ret_words = words.va;
	return (struct vt_queue_create_req){.node = 1,
					    .type = AQL,
					    .percentage = 100,
					    .ring_va = ring.va,
					    .ring_size = 65536,
					    .read_ptr_va = words.va + 0x80,
					    .write_ptr_va = words.va + 0x38};
}

/* Maps the blob of a word, which must be new and number i in the reply. */
static _Atomic uint64_t *map_word(const struct vt_word *w, unsigned i)
{
	uint8_t *at;

	VT_ASSERT(w->blob.is_new && i < client.nfds);
	VT_ASSERT(w->offset <= w->blob.size - 8);
	at = mmap(NULL, w->blob.size, PROT_READ | PROT_WRITE, MAP_SHARED, client.fds[i],
		  (off_t)w->blob.file_offset);
	VT_ASSERT(at != MAP_FAILED);
	close(client.fds[i]);
	return (_Atomic uint64_t *)(void *)(at + w->offset);
}

/* Waits until *word is `want`, at most two seconds. */
static bool becomes(_Atomic uint64_t *word, uint64_t want)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (unsigned i = 0; i < 2000; i++) {
		if (atomic_load(word) == want)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* The wait of evpage.h for one slot, at most two seconds. */
static bool wait_sets(uint32_t slot, uint32_t not_this)
{
	struct vt_event_page *page = client.events;
	const struct timespec left = {.tv_sec = 2};
	bool ok = false;

	atomic_fetch_add(&page->slot[slot].waiters, 1);
	for (unsigned i = 0; i < 10 && !ok; i++) {
		uint32_t bell = atomic_load(&page->header.bell);

		ok = atomic_load(&page->slot[slot].sets) != not_this;
		if (!ok)
			syscall(SYS_futex, &page->header.bell, FUTEX_WAIT, bell, &left, NULL, 0);
	}
	atomic_fetch_sub(&page->slot[slot].waiters, 1);
	return ok;
}

VT_TEST(queue, doorbell_and_event_need_no_message)
{
	struct test_renderer r;
	struct vt_event_create_req ev = {.type = 0, .node = 1};
	struct vt_event_create_rep event;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	struct vt_queue_destroy_req destroy;
	struct vt_event_destroy_req end_event;
	_Atomic uint64_t *bell, *read;
	uint64_t words;

	begin(&r);
	VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &ev, &event, -1), 0);
	VT_ASSERT(event.mailbox_va && event.provider_id && event.slot < VT_EVENT_SLOTS);
	req = aql_request(&words);
	req.event_id = event.event_id;
	read = (_Atomic uint64_t *)(uintptr_t)req.read_ptr_va;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
	VT_ASSERT_EQ(client.nfds, 1);
	VT_ASSERT_EQ(q.read_ptr.blob.blob_id | q.write_ptr.blob.blob_id, 0);
	bell = map_word(&q.doorbell, 0);
	for (uint64_t i = 0; i < 20; i++) {
		uint32_t sets = atomic_load(&client.events->slot[event.slot].sets);

		atomic_store(bell, i);
		VT_ASSERT(wait_sets(event.slot, sets));
		VT_ASSERT_EQ(atomic_load(read), i + 1);
	}
	end_event.event_id = event.event_id;
	test_post(&client, VT_OP_EVENT_DESTROY, &end_event); /* refused: the queue has it */
	destroy.queue_id = q.queue_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_DESTROY, &destroy, NULL, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_DESTROY, &destroy, NULL, -1), -ENOENT);
	end(&r);
}

VT_TEST(queue, sdma_brings_its_pointers)
{
	struct test_renderer r;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	_Atomic uint64_t *bell, *read, *write;
	uint64_t words;

	begin(&r);
	req = aql_request(&words);
	req.type = SDMA;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), -EINVAL);
	req.read_ptr_va = req.write_ptr_va = 0;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
	VT_ASSERT_EQ(client.nfds, 3);
	bell = map_word(&q.doorbell, 0);
	read = map_word(&q.read_ptr, 1);
	write = map_word(&q.write_ptr, 2);
	atomic_store(write, 640);
	atomic_store(bell, 640);
	VT_ASSERT(becomes(read, 640));
	end(&r);
}

VT_TEST(queue, relay_stands_in_for_doorbells)
{
	struct test_renderer r;
	struct vt_queue_create_rep q, second;
	struct vt_queue_create_req req;
	struct vt_queue_destroy_req destroy;
	_Atomic uint64_t *bell, *aql_read;
	uint8_t *page;
	uint64_t words;

	setenv("SWGPU_FAKE", "d", 1);
	begin(&r);
	req = aql_request(&words);
	aql_read = (_Atomic uint64_t *)(uintptr_t)req.read_ptr_va;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
	VT_ASSERT_EQ(client.nfds, 1);
	bell = map_word(&q.doorbell, 0);
	page = (uint8_t *)(uintptr_t)bell - q.doorbell.offset;
	atomic_store(bell, 0);
	VT_ASSERT(becomes(aql_read, 1));
	req.type = SDMA;
	req.read_ptr_va = req.write_ptr_va = 0;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &second, -1), 0);
	VT_ASSERT_EQ(client.nfds, 0);
	VT_ASSERT_EQ(second.doorbell.blob.blob_id, q.doorbell.blob.blob_id);
	atomic_store((_Atomic uint64_t *)(void *)(page + second.write_ptr.offset), 64);
	atomic_store((_Atomic uint64_t *)(void *)(page + second.doorbell.offset), 64);
	VT_ASSERT(becomes((_Atomic uint64_t *)(void *)(page + second.read_ptr.offset), 64));
	destroy.queue_id = q.queue_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_DESTROY, &destroy, NULL, -1), 0);
	end(&r);
}

VT_TEST_ROWS(queue, refused, 12)
{
	struct test_renderer r;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	uint64_t words;
	int want = -EINVAL;

	begin(&r);
	req = aql_request(&words);
	switch (row) {
	case 0:
		req.node = 0;
		want = -ENODEV;
		break;
	case 1:
		req.node = UINT32_MAX;
		want = -ENODEV;
		break;
	case 2:
		req.type = 3;
		want = -EOPNOTSUPP;
		break;
	case 3: req.percentage = 101; break;
	case 4: req.priority = 4; break;
	case 5: req.ring_size = 65535; break;
	case 6: req.ring_size = 131072; break; /* beyond the allocation */
	case 7: req.ring_va = (uintptr_t)&client; break;
	case 8: req.read_ptr_va += 4; break;
	case 9: req.write_ptr_va = 0; break;
	case 10: req.error_reason_va = words - 4096 * 1024; break;
	default:
		req.event_id = 1ull << 32;
		want = -ENOENT;
		break;
	}
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), want);
	end(&r);
}

VT_TEST(queue, limits_and_small_calls)
{
	struct test_renderer r;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	struct vt_queue_cu_mask_req mask = {.num_bits = 32, .num_words = 1, .word = {1}};
	struct vt_queue_info_req info = {0};
	struct vt_queue_info_rep infos;
	struct vt_queue_update_req update = {.percentage = 0};
	struct vt_queue_gws_req gws = {.num_gws = 1};
	struct vt_queue_gws_rep first;
	struct vt_queue_destroy_req destroy;
	uint64_t words;

	begin(&r);
	req = aql_request(&words);
	for (unsigned i = 0; i < 4; i++) {
		VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
		VT_ASSERT_EQ(client.nfds, i == 0); /* one page of doorbells for all */
	}
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), -ENOSPC);
	destroy.queue_id = 1ull << 32 | 77;
	mask.queue_id = info.queue_id = update.queue_id = gws.queue_id = destroy.queue_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CU_MASK, &mask, NULL, -1), -ENOENT);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_INFO, &info, &infos, -1), -ENOENT);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_UPDATE, &update, NULL, -1), -ENOENT);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_GWS, &gws, &first, -1), -ENOENT);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_DESTROY, &destroy, NULL, -1), -ENOENT);
	end(&r);
}

/* The page of doorbells stays known, so that a client that makes queues in turn maps it once. */
VT_TEST(queue, one_after_the_other)
{
	struct test_renderer r;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	struct vt_queue_destroy_req destroy;
	uint64_t words, blob_id = 0;

	begin(&r);
	req = aql_request(&words);
	for (unsigned i = 0; i < 3; i++) {
		VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
		VT_ASSERT_EQ(client.nfds, i == 0);
		VT_ASSERT_EQ(q.doorbell.blob.is_new, i == 0);
		VT_ASSERT(i == 0 || q.doorbell.blob.blob_id == blob_id);
		blob_id = q.doorbell.blob.blob_id;
		destroy.queue_id = q.queue_id;
		VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_DESTROY, &destroy, NULL, -1), 0);
	}
	end(&r);
}

VT_TEST(queue, small_calls)
{
	struct test_renderer r;
	struct vt_queue_create_rep q;
	struct vt_queue_create_req req;
	struct vt_queue_cu_mask_req mask = {.num_bits = 32, .num_words = 1, .word = {1}};
	struct vt_queue_info_req info;
	struct vt_queue_info_rep infos;
	struct vt_queue_update_req update = {.percentage = 0};
	struct vt_queue_gws_req gws = {.num_gws = 1};
	struct vt_queue_gws_rep first;
	uint64_t words;

	begin(&r);
	req = aql_request(&words);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CREATE, &req, &q, -1), 0);
	mask.queue_id = info.queue_id = update.queue_id = gws.queue_id = q.queue_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CU_MASK, &mask, NULL, -1), 0);
	mask.num_bits = 0;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CU_MASK, &mask, NULL, -1), -EINVAL);
	mask.num_bits = UINT32_MAX & ~31u;
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_CU_MASK, &mask, NULL, -1), -EINVAL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_INFO, &info, &infos, -1), 0);
	VT_ASSERT(infos.num_words == 2 && infos.word[1] == 6);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_UPDATE, &update, NULL, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_QUEUE_GWS, &gws, &first, -1), -ENOSPC);
	end(&r);
}

VT_TEST(event, limit_and_ids)
{
	struct test_renderer r;
	struct vt_event_create_req req = {.type = 8, .node = 1};
	struct vt_event_create_rep ev;
	struct vt_event_destroy_req destroy;
	struct vt_stats_rep stats;

	begin(&r);
	for (unsigned i = 0; i < 5; i++)
		VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &req, &ev, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &req, &ev, -1), -ENOSPC);
	destroy.event_id = ev.event_id;
	test_post(&client, VT_OP_EVENT_DESTROY, &destroy);
	test_post(&client, VT_OP_EVENT_DESTROY, &destroy);
	VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &req, &ev, -1), 0);
	VT_ASSERT(ev.event_id != destroy.event_id);
	req.type = 9;
	VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &req, &ev, -1), -EINVAL);
	req = (struct vt_event_create_req){.type = 0, .node = 99};
	VT_ASSERT_EQ(test_call(&client, VT_OP_EVENT_CREATE, &req, &ev, -1), -ENODEV);
	VT_ASSERT_EQ(test_call(&client, VT_OP_STATS, NULL, &stats, -1), 0);
	VT_ASSERT_EQ(stats.events, 5);
	VT_ASSERT_EQ(stats.posts, 2);
	VT_ASSERT_EQ(stats.errors, 4); /* the sixth, the second destroy, type 9, node 99 */
	end(&r);
}
