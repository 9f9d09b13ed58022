/*
 * A split virtqueue. Invariant: a head is held at most once, so that the driver cannot have more
 * under way than the queue has descriptors, however often it offers one.
 */
#include "host-renderer/transport/vhost_user/queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "proto/base/log.h"

enum desc_flag {
	DESC_NEXT = 1,
	DESC_WRITE = 2,
	DESC_INDIRECT = 4,
};

struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
_Static_assert(sizeof(struct desc) == 16, "wire size");

#define AVAIL_NO_INTERRUPT 1u

struct avail {
	_Atomic uint16_t flags, idx;
	_Atomic uint16_t ring[];
};

struct used_elem {
	uint32_t id, len;
};

struct used {
	uint16_t flags;
	_Atomic uint16_t idx;
	struct used_elem ring[];
};

void vu_queue_init(struct vu_queue *q, struct vu_memory *mem)
{
	memset(q, 0, sizeof(*q));
	q->mem = mem;
	q->kick = q->call = -1;
}

void vu_queue_forget_kick(struct vu_queue *q)
{
	if (q->kick >= 0)
		close(q->kick);
	q->kick = -1;
}

void vu_queue_fini(struct vu_queue *q)
{
	vu_queue_forget_kick(q);
	if (q->call >= 0)
		close(q->call);
	q->call = -1;
}

void vu_queue_reset(struct vu_queue *q)
{
	memset(q->held, VU_FREE, sizeof(q->held));
	q->num_done = 0;
	q->broken = false;
}

bool vu_queue_runs(const struct vu_queue *q)
{
	return q->started && q->enabled && q->has_addr && q->num && !q->broken;
}

static void break_queue(struct vu_queue *q, const char *why)
{
	vt_log(VT_LOG_WARN, 0, "the guest's virtqueue cannot be used any more: %s", why);
	q->broken = true;
}

static struct avail *avail_of(struct vu_queue *q)
{
	return vu_memory_user(q->mem, q->addr.avail, sizeof(struct avail) + 2ull * q->num);
}

/* Returns whether the used ring is in memory. */
static bool push_now(struct vu_queue *q, uint16_t head, uint32_t len)
{
	struct used *used =
	    vu_memory_user(q->mem, q->addr.used, sizeof(*used) + sizeof(struct used_elem) * q->num);
	uint16_t idx;

	if (!used)
		return false;
	idx = atomic_load_explicit(&used->idx, memory_order_relaxed);
	used->ring[idx % q->num] = (struct used_elem){head, len};
	atomic_store_explicit(&used->idx, (uint16_t)(idx + 1), memory_order_release);
	q->held[head] = VU_FREE;
	return true;
}

void vu_queue_push(struct vu_queue *q, uint16_t head, uint32_t len)
{
	if (vu_queue_runs(q) && push_now(q, head, len))
		return;
	q->held[head] = VU_DONE;
	q->len[head] = len;
	q->num_done++;
}

void vu_queue_resume(struct vu_queue *q)
{
	if (!vu_queue_runs(q) || !q->num_done)
		return;
	for (uint32_t head = 0; head < VU_MAX_QUEUE; head++)
		if (q->held[head] == VU_DONE && push_now(q, (uint16_t)head, q->len[head]))
			q->num_done--;
	vu_queue_notify(q);
}

void vu_queue_notify(struct vu_queue *q)
{
	struct avail *avail = avail_of(q);
	const uint64_t one = 1;
	ssize_t ignored;

	/* The driver looks at the used ring after it has cleared the flag, so this comes after. */
	atomic_thread_fence(memory_order_seq_cst);
	if (q->call < 0 || !avail ||
	    atomic_load_explicit(&avail->flags, memory_order_relaxed) & AVAIL_NO_INTERRUPT)
		return;
	ignored = write(q->call, &one, sizeof(one));
	(void)ignored;
}

/* --- Chains --- */

static int add_segment(struct vu_chain *c, const struct desc *d)
{
	unsigned n = c->num_read + c->num_write;

	if (n == VU_MAX_SEGMENTS || !d->len)
		return -EBADMSG;
	if (d->flags & DESC_WRITE)
		c->num_write++;
	else if (c->num_write)
		return -EBADMSG; /* what the driver wrote comes first */
	else
		c->num_read++;
	c->segment[n] = (struct vu_segment){d->addr, d->len};
	return 0;
}

/* An indirect table, from its first descriptor on. */
static int walk_indirect(struct vu_queue *q, struct vu_chain *c, const struct desc *table)
{
	uint32_t count = table->len / sizeof(struct desc), i = 0;
	struct desc d;

	if (table->len % sizeof(d) || !count || count > VU_MAX_SEGMENTS)
		return -EBADMSG;
	for (uint32_t steps = 0; steps < count; steps++) {
		if (i >= count ||
		    vu_memory_read(q->mem, table->addr + i * sizeof(d), &d, sizeof(d)))
			return -EBADMSG;
		if (d.flags & DESC_INDIRECT || add_segment(c, &d))
			return -EBADMSG;
		if (!(d.flags & DESC_NEXT))
			return 0;
		i = d.next;
	}
	return -EBADMSG; /* goes in circles */
}

static int walk(struct vu_queue *q, struct vu_chain *c)
{
	const struct desc *table =
	    vu_memory_user(q->mem, q->addr.desc, sizeof(struct desc) * q->num);
	uint32_t i = c->head;

	if (!table)
		return -EBADMSG;
	for (uint32_t steps = 0; steps < q->num; steps++) {
		struct desc d;

		if (i >= q->num)
			return -EBADMSG;
		memcpy(&d, &table[i], sizeof(d));
		if (d.flags & DESC_INDIRECT) {
			if (d.flags & (DESC_NEXT | DESC_WRITE))
				return -EBADMSG;
			return walk_indirect(q, c, &d);
		}
		if (add_segment(c, &d))
			return -EBADMSG;
		if (!(d.flags & DESC_NEXT))
			return 0;
		i = d.next;
	}
	return -EBADMSG; /* goes in circles */
}

int vu_queue_pop(struct vu_queue *q, struct vu_chain *chain)
{
	struct avail *avail;
	uint16_t idx;

	if (!vu_queue_runs(q))
		return 0;
	avail = avail_of(q);
	if (!avail)
		return 0; /* the front-end may be changing its table of memory */
	idx = atomic_load_explicit(&avail->idx, memory_order_acquire);
	if (idx == q->last_avail)
		return 0;
	if ((uint16_t)(idx - q->last_avail) > q->num) {
		break_queue(q, "more is available than there can be");
		return 0;
	}
	chain->head =
	    atomic_load_explicit(&avail->ring[q->last_avail++ % q->num], memory_order_relaxed);
	chain->num_read = chain->num_write = 0;
	if (chain->head >= q->num || q->held[chain->head] != VU_FREE) {
		break_queue(q, "a descriptor that is not there, or not free");
		return 0;
	}
	q->held[chain->head] = VU_HELD;
	if (walk(q, chain) == 0)
		return 1;
	vu_queue_push(q, chain->head, 0);
	return -EBADMSG;
}

static uint64_t sum(const struct vu_segment *s, unsigned n)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < n; i++)
		bytes += s[i].len;
	return bytes;
}

uint64_t vu_chain_room(const struct vu_chain *c)
{
	return sum(c->segment + c->num_read, c->num_write);
}

int64_t vu_chain_read(struct vu_memory *mem, const struct vu_chain *c, void *to, size_t max)
{
	size_t done = 0;

	for (unsigned i = 0; i < c->num_read && done < max; i++) {
		size_t n = c->segment[i].len < max - done ? c->segment[i].len : max - done;

		if (vu_memory_read(mem, c->segment[i].addr, (uint8_t *)to + done, n))
			return -EFAULT;
		done += n;
	}
	return (int64_t)sum(c->segment, c->num_read);
}

int vu_chain_write(struct vu_memory *mem, const struct vu_chain *c, const void *from, size_t len)
{
	size_t done = 0;

	if (vu_chain_room(c) < len)
		return -EMSGSIZE;
	for (unsigned i = c->num_read; done < len; i++) {
		size_t n = c->segment[i].len < len - done ? c->segment[i].len : len - done;

		if (vu_memory_write(mem, c->segment[i].addr, (const uint8_t *)from + done, n))
			return -EFAULT;
		done += n;
	}
	return 0;
}
