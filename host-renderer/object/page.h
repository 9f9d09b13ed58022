/*
 * host-renderer/object/page.h - pages of the provider with words of queues: doorbells, read and
 * write indices.
 *
 * A page is exported once, however many queues have words in it, and stays known when the last of
 * them ends: a client that makes queues one after the other maps it once. But the provider may then
 * put another page at its address, so it is looked at again before the next queue gets it.
 * One thread.
 */
#ifndef VT_OBJECT_PAGE_H
#define VT_OBJECT_PAGE_H

#include "host-renderer/object/ctx.h"

struct vt_page {
	struct vt_page *next;
	uint64_t base; /* address in this process */
	uint32_t refs;
	struct vt_blob blob;
	int fd;   /* until the client has it, then -1 */
	int kept; /* of the same file, by which it is known again */
};

/*
 * The page with the 8 bytes at `va` in this process, one more reference. Returns 0, -EINVAL if they
 * cross pages, -ENOMEM, or the provider's error if it cannot export the page.
 */
int vt_page_get(struct vt_ctx *ctx, uint64_t va, struct vt_page **ret);

/* Ends a reference. NULL is fine. */
void vt_page_put(struct vt_page *page);

/* Forgets all pages; there are no references. */
void vt_page_fini(struct vt_ctx *ctx);

#endif
