/* The command line. Help is one table of lines, in the order of the options. */
#include "host-renderer/server/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/transport/listen.h"
#include "proto/base/check.h"
#include "proto/wire/evpage.h"

#define DEFAULT_CLIENTS 64u
#define DEFAULT_QUEUES  128u
#define DEFAULT_OBJECTS 65536u
#define DEFAULT_HOSTMEM (8ull << 30)

enum {
	OPT_SOCKET = 256,
	OPT_DEVICE,
	OPT_GFX,
	OPT_MAX_CLIENTS,
	OPT_MEMORY,
	OPT_MAX_QUEUES,
	OPT_MAX_EVENTS,
	OPT_LOG_LEVEL,
	OPT_READY_FD,
	OPT_EXIT_WITH_PARENT,
	OPT_VHOST_USER,
	OPT_HOSTMEM,
	OPT_HELP,
	OPT_VERSION,
	OPT_WORKER,
	OPT_CHECK,
	OPT_VHOST,
};

static const struct option longs[] = {
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"device", required_argument, NULL, OPT_DEVICE},
    {"gfx", required_argument, NULL, OPT_GFX},
    {"max-clients", required_argument, NULL, OPT_MAX_CLIENTS},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"max-queues", required_argument, NULL, OPT_MAX_QUEUES},
    {"max-events", required_argument, NULL, OPT_MAX_EVENTS},
    {"log-level", required_argument, NULL, OPT_LOG_LEVEL},
    {"ready-fd", required_argument, NULL, OPT_READY_FD},
    {"exit-with-parent", no_argument, NULL, OPT_EXIT_WITH_PARENT},
    {"vhost-user", required_argument, NULL, OPT_VHOST_USER},
    {"hostmem", required_argument, NULL, OPT_HOSTMEM},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"worker", required_argument, NULL, OPT_WORKER},
    {"check", no_argument, NULL, OPT_CHECK},
    {"vhost", no_argument, NULL, OPT_VHOST},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: vthunkd [OPTION]...\n"
    "Executes the GPU calls of programs that run with vthunk's libhsakmt.so.1.\n"
    "\n"
    "  --socket PATH         listen there (default: vthunk.sock in $XDG_RUNTIME_DIR,\n"
    "                        else /run/vthunk/vthunkd.sock)\n"
    "  --device DEVICE       what executes: swgpu (default), the software GPU;\n"
    "                        kfd, the system's libhsakmt.so.1 and a real GPU;\n"
    "                        or the path of a libhsakmt.so.1\n"
    "  --gfx NAME            which GPU: gfx906 (default of swgpu), gfx900, gfx90c\n"
    "  --max-clients N       serve at most N programs at once (default 64)\n"
    "  --memory SIZE         GPU memory for each of them: bytes, or with K, M, G\n"
    "                        (default: no limit but the device's)\n"
    "  --max-queues N        queues for each of them (default 128)\n"
    "  --max-events N        events for each of them (default and most: 4096)\n"
    "  --log-level LEVEL     error, warn (default), info or debug\n"
    "  --ready-fd FD         write a line to FD and close it when listening\n"
    "  --exit-with-parent    end when the process that started this one ends\n"
    "  --vhost-user PATH     be a virtio-gpu device, too, for a virtual machine whose\n"
    "                        QEMU connects to PATH (\"vthunk vm args\" says how); without\n"
    "                        --socket, programs of this machine are not served then\n"
    "  --hostmem SIZE        memory that its guest can have mapped at a time: a power of\n"
    "                        two (default 8G)\n"
    "  --help, --version     print and exit\n"
    "\n"
    "SIGTERM and SIGINT end it and all that it serves, and remove the socket.\n"
    "Exit status: 0 after such a signal, 1 on failure, 2 on a wrong command line.\n";

static void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void wrong(const char *fmt, ...)
{
	va_list args;

	fputs("vthunkd: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputs("\ntry vthunkd --help\n", stderr);
	exit(2);
}

static uint64_t number(const char *name, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || v < min || v > max)
		wrong("--%s %s: a number from %llu to %llu is wanted", name, text,
		      (unsigned long long)min, (unsigned long long)max);
	return v;
}

static uint64_t size(const char *name, const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	unsigned long long v;
	const char *unit;
	unsigned shift = 0;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (*end && end[1] == '\0' && (unit = strchr(units, *end))) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (errno || end == text || *end || text[0] == '-' || v > UINT64_MAX >> shift ||
	    v << shift < 65536)
		wrong("--%s %s: a size of at least 64K is wanted, as in 512M or 8G", name, text);
	return v << shift;
}

static void set_defaults(struct vt_options *o)
{
	memset(o, 0, sizeof(*o));
	vt_listen_default(o->socket, sizeof(o->socket));
	o->device = "swgpu";
	o->limits.queues = DEFAULT_QUEUES;
	o->limits.events = VT_EVENT_SLOTS;
	o->limits.objects = DEFAULT_OBJECTS;
	o->max_clients = DEFAULT_CLIENTS;
	o->log_level = VT_LOG_WARN;
	o->ready_fd = -1;
	o->hostmem_bytes = DEFAULT_HOSTMEM;
}

static void take_path(const char *name, char to[108], const char *path)
{
	if (strlen(path) >= 108 || !path[0])
		wrong("--%s %s: a socket's path has 1 to 107 characters", name, path);
	memcpy(to, path, strlen(path) + 1);
}

static void take(struct vt_options *o, int opt, const char *arg)
{
	switch (opt) {
	case OPT_SOCKET:
		take_path("socket", o->socket, arg);
		o->socket_named = true;
		break;
	case OPT_DEVICE: o->device = arg; break;
	case OPT_GFX: o->gfx = arg; break;
	case OPT_MAX_CLIENTS: o->max_clients = (uint32_t)number("max-clients", arg, 1, 4096); break;
	case OPT_MEMORY: o->limits.memory_bytes = size("memory", arg); break;
	case OPT_MAX_QUEUES: o->limits.queues = (uint32_t)number("max-queues", arg, 1, 4096); break;
	case OPT_MAX_EVENTS:
		o->limits.events = (uint32_t)number("max-events", arg, 1, VT_EVENT_SLOTS);
		break;
	case OPT_LOG_LEVEL:
		if (!vt_log_parse(arg, &o->log_level))
			wrong("--log-level %s: it is error, warn, info or debug", arg);
		break;
	case OPT_READY_FD: o->ready_fd = (int)number("ready-fd", arg, 1, 1 << 20); break;
	case OPT_EXIT_WITH_PARENT: o->exit_with_parent = true; break;
	case OPT_VHOST_USER: take_path("vhost-user", o->vhost_user, arg); break;
	case OPT_HOSTMEM:
		o->hostmem_bytes = size("hostmem", arg);
		if (!vt_is_pow2(o->hostmem_bytes))
			wrong("--hostmem %s: a power of two is wanted, as in 512M or 8G", arg);
		break;
	case OPT_HELP: fputs(help, stdout); exit(0);
	case OPT_VERSION: puts("vthunkd " VT_VERSION); exit(0);
	case OPT_WORKER:
		o->run = VT_RUN_WORKER;
		o->context_id = number("worker", arg, 1, UINT64_MAX);
		break;
	case OPT_CHECK: o->run = VT_RUN_CHECK; break;
	case OPT_VHOST: o->run = VT_RUN_VHOST; break;
	default: wrong("the command line is wrong");
	}
}

void vt_options_parse(struct vt_options *o, int argc, char **argv)
{
	int opt;

	set_defaults(o);
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		take(o, opt, optarg);
	if (optind < argc)
		wrong("\"%s\" is not an option", argv[optind]);
}

/* execv() does not write to its strings, but its type says so. */
static char *unconst(const char *s)
{
	union {
		const char *in;
		char *out;
	} u = {s};

	return u.out;
}

static void add_text(struct vt_worker_args *args, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add_text(struct vt_worker_args *args, const char *fmt, ...)
{
	char *text = args->text[args->num_texts++];
	va_list list;

	va_start(list, fmt);
	vsnprintf(text, sizeof(args->text[0]), fmt, list);
	va_end(list);
	args->argv[args->num++] = text;
}

static void add_pair(struct vt_worker_args *args, const char *name, const char *value)
{
	args->argv[args->num++] = unconst(name);
	args->argv[args->num++] = unconst(value);
}

static void add_limits(const struct vt_options *o, struct vt_worker_args *args)
{
	add_pair(args, "--device", o->device);
	if (o->gfx)
		add_pair(args, "--gfx", o->gfx);
	if (o->limits.memory_bytes)
		add_text(args, "--memory=%llu", (unsigned long long)o->limits.memory_bytes);
	add_text(args, "--max-queues=%u", o->limits.queues);
	add_text(args, "--max-events=%u", o->limits.events);
}

void vt_options_for_worker(const struct vt_options *o, enum vt_run run, uint64_t context_id,
			   struct vt_worker_args *args)
{
	static const char *const levels[] = {"error", "warn", "info", "debug"};

	memset(args, 0, sizeof(*args));
	args->argv[args->num++] = unconst("vthunkd");
	switch (run) {
	case VT_RUN_WORKER:
		add_text(args, "--worker=%llu", (unsigned long long)context_id);
		add_limits(o, args);
		break;
	case VT_RUN_VHOST:
		args->argv[args->num++] = unconst("--vhost");
		add_pair(args, "--socket", o->socket);
		add_text(args, "--hostmem=%llu", (unsigned long long)o->hostmem_bytes);
		break;
	case VT_RUN_CHECK:
	case VT_RUN_DAEMON:
		args->argv[args->num++] = unconst("--check");
		add_limits(o, args);
		break;
	}
	add_text(args, "--log-level=%s", levels[o->log_level]);
}
