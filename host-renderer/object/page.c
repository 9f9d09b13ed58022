/* Pages of the provider in a list: a client has a handful. */
#include "host-renderer/object/page.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "host-renderer/object/memory.h"

#define PAGE 4096ull

static int make_page(struct vt_ctx *ctx, uint64_t base, struct vt_page **ret)
{
	struct vt_page *page = calloc(1, sizeof(*page));
	struct vt_export out;
	int err;

	if (!page)
		return -ENOMEM;
	err = vt_memory_export(ctx, base, PAGE, &out);
	if (err) {
		free(page);
		return err;
	}
	page->base = base;
	page->blob = out.blob;
	page->blob.base_va = 0;
	page->fd = out.fd;
	page->next = ctx->pages;
	ctx->pages = page;
	*ret = page;
	return 0;
}

int vt_page_get(struct vt_ctx *ctx, uint64_t va, struct vt_page **ret)
{
	uint64_t base = va & ~(PAGE - 1);
	struct vt_page *page;
	int err;

	if (va - base > PAGE - 8)
		return -EINVAL;
	for (page = ctx->pages; page && page->base != base; page = page->next)
		;
	if (!page) {
		err = make_page(ctx, base, &page);
		if (err)
			return err;
	}
	page->refs++;
	*ret = page;
	return 0;
}

void vt_page_put(struct vt_ctx *ctx, struct vt_page *page)
{
	struct vt_page **at;

	if (!page || --page->refs)
		return;
	for (at = &ctx->pages; *at != page; at = &(*at)->next)
		;
	*at = page->next;
	if (page->fd >= 0)
		close(page->fd);
	free(page);
}
