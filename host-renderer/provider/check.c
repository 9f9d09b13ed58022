/*
 * Trying a provider before the first client comes. Invariant: runs in a process of its own, so
 * nothing is given back beyond what the next step needs.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-renderer/provider/provider.h"

#define TRY_SIZE 65536u

/* Away from programs and libraries; only for a moment and only here. */
#define TRY_VA 0x210000000000ull

static int say(char text[VT_PROVIDER_TEXT], int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int say(char text[VT_PROVIDER_TEXT], int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, VT_PROVIDER_TEXT, fmt, args);
	va_end(args);
	return err;
}

/* "gfx906" for 9.0.6: the stepping is a hexadecimal digit. */
static void gfx_name(HSA_ENGINE_ID id, char name[16])
{
	snprintf(name, 16, "gfx%u%u%x", id.ui32.Major, id.ui32.Minor, id.ui32.Stepping);
}

static int find_gpu(const struct vt_provider *p, const char *gfx, uint32_t *ret,
		    char text[VT_PROVIDER_TEXT])
{
	HsaSystemProperties sys = {0};
	HsaNodeProperties props;
	char name[16] = "";
	int err = vt_err_from_status(p->AcquireSystemProperties(&sys));

	if (err)
		return say(text, err, "%s gives no topology: %s", p->path, vt_err_name(err));
	for (uint32_t node = 0; node < sys.NumNodes; node++) {
		if (p->GetNodeProperties(node, &props) || !props.NumFComputeCores)
			continue;
		gfx_name(props.EngineId, name);
		*ret = node;
		if (!gfx || strcmp(gfx, name) == 0)
			return 0;
	}
	if (!name[0])
		return say(text, -ENODEV, "%s finds no GPU", p->path);
	return say(text, -ENODEV, "%s offers %s, not \"%s\"", p->path, name, gfx);
}

static int try_memory(const struct vt_provider *p, uint32_t node, char text[VT_PROVIDER_TEXT])
{
	HsaMemFlags flags = {.ui32 = {.HostAccess = 1, .NonPaged = node != 0, .FixedAddress = 1}};
	union {
		uint64_t va;
		void *at;
	} want = {TRY_VA}, got = want;
	HSAuint64 offset = 0;
	int fd = -1, err = vt_err_from_status(p->AllocMemory(node, TRY_SIZE, flags, &got.at));

	if (err || got.va != want.va)
		return say(text, err ? err : -EOPNOTSUPP,
			   "%s cannot allocate memory of node %u at a given address "
			   "(libhsakmt can since ROCm 5.7): %s",
			   p->path, node, vt_err_name(err));
	err = vt_err_from_status(p->ExportDMABufHandle(got.at, TRY_SIZE, &fd, &offset));
	if (err)
		say(text, err, "%s cannot share memory of node %u with another process: %s",
		    p->path, node, vt_err_name(err));
	else
		close(fd);
	p->FreeMemory(got.at, TRY_SIZE);
	return err;
}

int vt_provider_check(const struct vt_provider *p, const char *gfx, char text[VT_PROVIDER_TEXT])
{
	uint32_t gpu = 0;
	int err = vt_err_from_status(p->OpenKFD());

	if (err)
		return say(text, err, "%s cannot be opened%s%s: %s", p->path,
			   gfx ? " with --gfx " : "", gfx ? gfx : "", vt_err_name(err));
	err = find_gpu(p, gfx, &gpu, text);
	if (!err)
		err = try_memory(p, gpu, text);
	if (!err)
		err = try_memory(p, 0, text);
	p->CloseKFD();
	return err;
}
