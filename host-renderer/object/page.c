/* Pages of the provider in a list: a client has a handful. */
#include "host-renderer/object/page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
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
	page->kept = fcntl(out.fd, F_DUPFD_CLOEXEC, 0);
	if (page->kept < 0) {
		err = -errno;
		close(out.fd);
		free(page);
		return err;
	}
	page->next = ctx->pages;
	ctx->pages = page;
	*ret = page;
	return 0;
}

static void forget(struct vt_page **at)
{
	struct vt_page *page = *at;

	*at = page->next;
	if (page->fd >= 0)
		close(page->fd);
	close(page->kept);
	free(page);
}

/* Whether the same memory as ever is at the page's address. */
static bool is_still_there(struct vt_ctx *ctx, const struct vt_page *page)
{
	struct vt_export now;
	struct stat was, is;
	bool same;

	if (vt_memory_export(ctx, page->base, PAGE, &now))
		return false;
	same = fstat(page->kept, &was) == 0 && fstat(now.fd, &is) == 0 && was.st_ino == is.st_ino &&
	       was.st_dev == is.st_dev && page->blob.file_offset == now.blob.file_offset;
	close(now.fd);
	return same;
}

int vt_page_get(struct vt_ctx *ctx, uint64_t va, struct vt_page **ret)
{
	uint64_t base = va & ~(PAGE - 1);
	struct vt_page **at, *page;
	int err;

	if (va - base > PAGE - 8)
		return -EINVAL;
	for (at = &ctx->pages; *at && (*at)->base != base; at = &(*at)->next)
		;
	if (*at && !(*at)->refs && !is_still_there(ctx, *at))
		forget(at);
	page = *at && (*at)->base == base ? *at : NULL;
	if (!page) {
		err = make_page(ctx, base, &page);
		if (err)
			return err;
	}
	page->refs++;
	*ret = page;
	return 0;
}

void vt_page_put(struct vt_page *page)
{
	if (page)
		page->refs--;
}

void vt_page_fini(struct vt_ctx *ctx)
{
	while (ctx->pages)
		forget(&ctx->pages);
}
