/* The real library: found, loaded, initialised with what it can do. */
#include "host-renderer/transport/virgl/real.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/virgl/device.h"
#include "proto/base/log.h"

/* The real library calls its own public functions: they must not be found in ours. Sanitizers do
 * not work with it; their builds load nothing but libraries that call none of these. */
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OWN_NAMES_FIRST RTLD_DEEPBIND
#else
#define OWN_NAMES_FIRST 0
#endif

#define SONAME        "libvirglrenderer.so.1"
#define RENDER_SERVER "virgl_render_server"
#define NEEDS_SERVER  (VT_VIRGL_VENUS | VT_VIRGL_RENDER_SERVER)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct vt_virgl_real real; /* fixed after `once`, as is the next */
static char library[PATH_MAX];
static _Atomic bool up;
static int works = -1; /* the flags with which it could be initialised before, or -1 */

/* --- Loading --- */

static void *open_library(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | OWN_NAMES_FIRST);

	if (handle && dlsym(handle, VT_VIRGL_MARK)) { /* it is us, or a copy of us */
		dlclose(handle);
		return NULL;
	}
	if (handle && !realpath(path, library)) /* /lib may be a link */
		library[0] = '\0';
	return handle;
}

static void *open_named(const char *path)
{
	void *handle = open_library(path);
	const char *why = handle ? NULL : dlerror();

	if (!handle)
		vt_log(VT_LOG_ERROR, 0, "VTHUNK_VIRGLRENDERER cannot be used: %s",
		       why ? why : "it names vthunk's own library");
	return handle;
}

/* The folders in which the program's libraries are looked for. NULL: it cannot be told. */
static Dl_serinfo *folders(void)
{
	void *program = dlopen(NULL, RTLD_LAZY);
	Dl_serinfo size, *list = NULL;

	if (!program)
		return NULL;
	if (dlinfo(program, RTLD_DI_SERINFOSIZE, &size) == 0)
		list = malloc(size.dls_size);
	if (list && (dlinfo(program, RTLD_DI_SERINFOSIZE, list) < 0 ||
		     dlinfo(program, RTLD_DI_SERINFO, list) < 0)) {
		free(list);
		list = NULL;
	}
	dlclose(program);
	return list;
}

static void *open_found(void)
{
	Dl_serinfo *list = folders();
	char path[PATH_MAX];
	void *handle = NULL;

	for (unsigned i = 0; list && i < list->dls_cnt && !handle; i++) {
		const char *folder = list->dls_serpath[i].dls_name;

		if (folder[0] == '/' &&
		    snprintf(path, sizeof(path), "%s/" SONAME, folder) < (int)sizeof(path) &&
		    access(path, R_OK) == 0)
			handle = open_library(path);
	}
	free(list);
	if (!handle)
		vt_log(VT_LOG_WARN, 0,
		       "no " SONAME " but vthunk's own is found (VTHUNK_VIRGLRENDERER can name "
		       "one): there will be no accelerated graphics");
	return handle;
}

/* There is no command line to say how much is logged. */
static void begin_log(void)
{
	const char *wanted = getenv("VTHUNK_LOG");
	enum vt_log_level level = VT_LOG_WARN;

	if (wanted && *wanted && !vt_log_parse(wanted, &level))
		vt_log(VT_LOG_WARN, 0, "VTHUNK_LOG is none of error, warn, info, debug");
	vt_log_init("vthunk-virgl", level);
}

static void load(void)
{
	const char *named = getenv("VTHUNK_VIRGLRENDERER");
	void *handle;

	begin_log();
	handle = named && *named ? open_named(named) : open_found();
	if (!handle)
		return;
#define VT_VIRGL_OWN(type, name, parameters) real.name = (type(*) parameters)dlsym(handle, #name);
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments) \
	real.name = (type(*) parameters)dlsym(handle, #name);
#include "host-renderer/transport/virgl/exports.def"
#undef VT_VIRGL_OWN
#undef VT_VIRGL_HAND_ON
}

const struct vt_virgl_real *vt_virgl_real(void)
{
	pthread_once(&once, load);
	return &real;
}

bool vt_virgl_up(void)
{
	return atomic_load_explicit(&up, memory_order_acquire);
}

/* --- Initialising --- */

/* Whether the real library will find its render server: beside it, or where it is told to look. It
 * forks to find out, and not everybody may. */
static bool has_render_server(void)
{
	static const char *const names[] = {"libexec/" RENDER_SERVER, RENDER_SERVER};
	const char *named = getenv("RENDER_SERVER_EXEC_PATH");
	char folder[PATH_MAX], path[PATH_MAX + sizeof("libexec/" RENDER_SERVER)];
	char *slash;

	if (named)
		return access(named, X_OK) == 0;
	snprintf(folder, sizeof(folder), "%s", library);
	while ((slash = strrchr(folder, '/'))) {
		*slash = '\0';
		for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
			if (access(path, X_OK) == 0)
				return true;
		}
	}
	return false;
}

/* Which of the flags there is no hope for. */
static int hopeless(int flags, const struct vt_virgl_callbacks *cbs)
{
	bool given = cbs->version >= VT_VIRGL_CALLBACKS_FENCES && cbs->get_server_fd;

	if (!(flags & VT_VIRGL_RENDER_SERVER) || given || has_render_server())
		return 0;
	vt_log(VT_LOG_WARN, 0, "there is no " RENDER_SERVER ": no Venus contexts");
	return flags & NEEDS_SERVER;
}

static int try_init(void *cookie, int flags, struct vt_virgl_callbacks *cbs)
{
	static const struct {
		int without;
		const char *what;
	} tries[] = {
	    {0, NULL},
	    {VT_VIRGL_DRM, "native"},
	    {NEEDS_SERVER, "Venus"},
	    {VT_VIRGL_DRM | NEEDS_SERVER, "native and Venus"},
	};
	int err = -EINVAL, first = 0;

	for (unsigned i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		int without = flags & tries[i].without;

		/* Without what it was not asked to do: that was tried. */
		if (i && (without & VT_VIRGL_DRM) != (tries[i].without & VT_VIRGL_DRM))
			continue;
		if (i && !(without & NEEDS_SERVER) != !(tries[i].without & NEEDS_SERVER))
			continue;
		err = real.virgl_renderer_init(cookie, flags & ~without, cbs);
		if (!err) {
			works = flags & ~without;
			if (i)
				vt_log(VT_LOG_WARN, 0,
				       "libvirglrenderer refuses %s contexts (%d): goes on "
				       "without them",
				       tries[i].what, first);
			return 0;
		}
		first = i ? first : err;
	}
	return first;
}

int vt_virgl_real_init(void *cookie, int flags, struct vt_virgl_callbacks *cbs)
{
	int err;

	if (!vt_virgl_real()->virgl_renderer_init)
		return -ENOSYS;
	if (works >= 0) /* it wants to be told the same again, after a reset */
		err = real.virgl_renderer_init(cookie, works, cbs);
	else
		err = try_init(cookie, flags & ~hopeless(flags, cbs), cbs);
	if (err)
		vt_log(VT_LOG_WARN, 0,
		       "libvirglrenderer cannot be initialised (%d): there will be no "
		       "accelerated graphics",
		       err);
	atomic_store_explicit(&up, !err, memory_order_release);
	return err;
}

void vt_virgl_real_cleanup(void *cookie)
{
	if (!vt_virgl_up())
		return;
	atomic_store_explicit(&up, false, memory_order_release);
	works = -1;
	if (real.virgl_renderer_cleanup)
		real.virgl_renderer_cleanup(cookie);
}
