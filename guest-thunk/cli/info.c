/* vthunk info: what the renderer offers. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/client/session.h"

/* HSA_HEAPTYPE of memory that a GPU has of its own (hsakmttypes.h). */
enum { HEAP_PUBLIC = 1, HEAP_PRIVATE = 2 };

/* HSA_ENGINE_ID as compilers write it: the version in decimal, the stepping in hexadecimal. */
static void gfx_name(uint32_t engine_id_bits, char out[16])
{
	snprintf(out, 16, "gfx%u%u%x", engine_id_bits >> 10 & 0x3f, engine_id_bits >> 16 & 0xff,
		 engine_id_bits >> 24);
}

/* Marketing names are UTF-16; what is not ASCII becomes '?'. */
static void plain_name(const uint16_t *in, char out[VT_NAME_CHARS + 1])
{
	size_t i;

	for (i = 0; i < VT_NAME_CHARS && in[i]; i++)
		out[i] = in[i] >= ' ' && in[i] <= '~' ? (char)in[i] : '?';
	out[i] = '\0';
}

static uint64_t gpu_memory(const struct vt_node_rep *node)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < node->num_banks; i++)
		if (node->bank[i].heap_type == HEAP_PUBLIC ||
		    node->bank[i].heap_type == HEAP_PRIVATE)
			sum += node->bank[i].size_bytes;
	return sum;
}

static json_t *gpu_as_json(uint32_t index, const struct vt_node_rep *node)
{
	char gfx[16], name[VT_NAME_CHARS + 1];

	gfx_name(node->engine_id_bits, gfx);
	plain_name(node->marketing_name, name);
	return json_pack(
	    "{s:i, s:s, s:s, s:i, s:i, s:I, s:i}", "node", (int)index, "gfx", gfx, "name", name,
	    "compute_units",
	    node->num_simd_per_cu ? (int)(node->num_fcompute_cores / node->num_simd_per_cu) : 0,
	    "wavefront_size", (int)node->wavefront_size, "memory_bytes",
	    (json_int_t)gpu_memory(node), "max_clock_mhz",
	    (int)node->max_engine_clock_fcompute_mhz);
}

static json_t *session_as_json(const struct vt_session *s, const struct vt_renderer_info_rep *info,
			       const char *place)
{
	const struct vt_transport *t = s->caller.transport;
	json_t *gpus = json_array();

	for (uint32_t i = 0; i < s->topology.system.num_nodes; i++)
		if (s->topology.gpu_mask >> i & 1)
			json_array_append_new(gpus, gpu_as_json(i, &s->topology.node[i].props));
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:o, s:{s:I, s:I, s:I}}",
			 "renderer_version", info->version, "socket", place, "protocol_version", "",
			 "protocol_features", (json_int_t)t->features, "device", info->device,
			 "provider", info->provider, "kfd_version", "", "gpus", gpus, "limits",
			 "memory_bytes", (json_int_t)info->memory_limit_bytes, "queues",
			 (json_int_t)info->queue_limit, "events", (json_int_t)info->event_limit);
}

static void set_version(json_t *object, const char *key, unsigned major, unsigned minor)
{
	char text[32];

	snprintf(text, sizeof(text), "%u.%u", major, minor);
	json_object_set_new(object, key, json_string(text));
}

static json_t *collect(struct vt_session *s, const char *place)
{
	struct vt_renderer_info_rep info;
	json_t *all;
	int err = vt_call(&s->caller, VT_OP_RENDERER_INFO, NULL, &info, NULL);

	if (err) {
		vt_say("the renderer does not tell about itself: %s", strerror(-err));
		return NULL;
	}
	all = session_as_json(s, &info, place);
	if (!all) {
		vt_say("out of memory");
		return NULL;
	}
	set_version(all, "protocol_version", s->caller.transport->major,
		    s->caller.transport->minor);
	set_version(all, "kfd_version", s->topology.system.kernel_major,
		    s->topology.system.kernel_minor);
	return all;
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static json_int_t integer(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_limit(const char *name, json_int_t n, const char *unit)
{
	if (n)
		printf("  %-10s %" JSON_INTEGER_FORMAT "%s\n", name, n, unit);
	else
		printf("  %-10s none\n", name);
}

static void print_plain(const json_t *all)
{
	const json_t *gpus = json_object_get(all, "gpus"), *limits = json_object_get(all, "limits");

	printf("renderer     vthunkd %s at %s\n", text(all, "renderer_version"),
	       text(all, "socket"));
	printf("protocol     %s, features %#" PRIx64 "\n", text(all, "protocol_version"),
	       (uint64_t)integer(all, "protocol_features"));
	printf("device       %s (%s), KFD interface %s\n", text(all, "device"),
	       text(all, "provider"), text(all, "kfd_version"));
	for (size_t i = 0; i < json_array_size(gpus); i++) {
		const json_t *gpu = json_array_get(gpus, i);

		printf("GPU node %-3" JSON_INTEGER_FORMAT " %s, %s, %" JSON_INTEGER_FORMAT
		       " compute units, %" JSON_INTEGER_FORMAT " MiB\n",
		       integer(gpu, "node"), text(gpu, "gfx"), text(gpu, "name"),
		       integer(gpu, "compute_units"), integer(gpu, "memory_bytes") >> 20);
	}
	puts("limits");
	print_limit("memory", integer(limits, "memory_bytes") >> 20, " MiB");
	print_limit("queues", integer(limits, "queues"), "");
	print_limit("events", integer(limits, "events"), "");
}

static int report(struct vt_session *s, const char *place, bool json)
{
	json_t *all = collect(s, place);

	if (!all)
		return VT_EXIT_FAILED;
	if (json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		print_plain(all);
	}
	json_decref(all);
	return EXIT_SUCCESS;
}

int vt_cmd_info(const struct vt_options *o)
{
	struct vt_renderer r = {.pid = 0};
	struct vt_session *s;
	int status = VT_EXIT_FAILED;

	if (vt_renderer_find(o, &r) == 0 && vt_renderer_set_variables(&r) == 0 &&
	    vt_session_open() == 0) {
		s = vt_session_get();
		if (s) {
			status = report(s, vt_renderer_place(&r), o->json);
			vt_session_put(s);
		}
		vt_session_close();
	}
	vt_renderer_end(&r);
	return status;
}
