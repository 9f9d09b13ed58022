/* The tree of files. Invariant: the first error ends the writing, so that a tree is whole or known
 * not to be. */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/view/tree.h"

/* The number of folders below each other that removing may have open. */
enum { OPEN_FOLDERS = 16 };

/* hsakmttypes.h: heaps that the driver tells of; the thunk itself adds the others. */
enum { HEAP_SYSTEM = 0, HEAP_PUBLIC = 1, HEAP_PRIVATE = 2, HEAP_GDS = 3 };

/* --- Files --- */

/* A tree that is being written. The first error stays, and what follows does nothing. */
struct tree {
	const char *folder;
	int err;
};

static void note(struct tree *t)
{
	if (!t->err)
		t->err = -errno;
}

/* Makes the folders above the name in path. */
static void make_folders(struct tree *t, char *path)
{
	for (char *slash = strchr(path + strlen(t->folder) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			note(t);
		*slash = '/';
	}
}

/* A file below the folder, opened for writing; NULL after an error. */
static FILE *begin(struct tree *t, const char *name)
{
	char path[PATH_MAX];
	FILE *file;

	if (t->err)
		return NULL;
	if (snprintf(path, sizeof(path), "%s/%s", t->folder, name) >= (int)sizeof(path)) {
		t->err = -ENAMETOOLONG;
		return NULL;
	}
	make_folders(t, path);
	file = t->err ? NULL : fopen(path, "wxe");
	if (!file)
		note(t);
	return file;
}

static void end(struct tree *t, FILE *file)
{
	bool lost = ferror(file);

	if (fclose(file) != 0)
		note(t);
	else if (lost && !t->err)
		t->err = -EIO; /* why is not known any more */
}

__attribute__((format(printf, 3, 4))) static void put(struct tree *t, const char *name,
						      const char *fmt, ...)
{
	FILE *file = begin(t, name);
	va_list args;

	if (!file)
		return;
	va_start(args, fmt);
	vfprintf(file, fmt, args);
	va_end(args);
	end(t, file);
}

static void put_folder(struct tree *t, const char *name)
{
	char path[PATH_MAX];

	if (t->err)
		return;
	if (snprintf(path, sizeof(path), "%s/%s/", t->folder, name) >= (int)sizeof(path))
		t->err = -ENAMETOOLONG;
	else
		make_folders(t, path);
}

static void put_link(struct tree *t, const char *name, const char *to)
{
	char path[PATH_MAX];

	if (t->err)
		return;
	if (snprintf(path, sizeof(path), "%s/%s", t->folder, name) >= (int)sizeof(path)) {
		t->err = -ENAMETOOLONG;
		return;
	}
	make_folders(t, path);
	if (!t->err && symlink(to, path) < 0)
		note(t);
}

/* --- The topology --- */

#define TOPOLOGY "sys/devices/virtual/kfd/kfd/topology"

static bool driver_tells_of(const struct vt_bank *bank)
{
	return bank->heap_type <= HEAP_GDS;
}

static uint32_t count_banks(const struct vt_node_rep *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->num_banks; i++)
		n += driver_tells_of(&p->bank[i]);
	return n;
}

/* HSA_ENGINE_ID of hsakmttypes.h: firmware 10 bits, major 6, minor 8, stepping 8. */
static unsigned target_version(uint32_t id)
{
	return (id >> 10 & 0x3f) * 10000 + (id >> 16 & 0xff) * 100 + (id >> 24);
}

/* The number that the driver makes up for a GPU; tools take 0 for a CPU. */
static uint32_t gpu_id(const struct vt_node_rep *p, uint32_t node)
{
	if (!p->num_fcompute_cores)
		return 0;
	return p->kfd_gpu_id ? p->kfd_gpu_id : (p->device_id << 4 ^ p->location_id) + node;
}

static void put_both_kinds(FILE *f, const struct vt_node_rep *p)
{
	fprintf(f, "cpu_cores_count %u\nsimd_count %u\n", p->num_cpu_cores, p->num_fcompute_cores);
	fprintf(f, "mem_banks_count %u\ncaches_count %u\n", count_banks(p), p->num_caches);
	fprintf(f, "io_links_count %u\np2p_links_count 0\n", p->num_links);
	fprintf(f, "cpu_core_id_base %u\nsimd_id_base %u\n", p->ccompute_id_lo, p->fcompute_id_lo);
	fprintf(f, "max_waves_per_simd %u\nlds_size_in_kb %u\n", p->max_waves_per_simd,
		p->lds_size_kib);
	fprintf(f, "gds_size_in_kb %u\nnum_gws %u\n", p->gds_size_kib, p->num_gws);
	fprintf(f, "wave_front_size %u\narray_count %u\n", p->wavefront_size, p->num_shader_banks);
	fprintf(f, "simd_arrays_per_engine %u\ncu_per_simd_array %u\n", p->num_arrays,
		p->num_cu_per_array);
	fprintf(f, "simd_per_cu %u\nmax_slots_scratch_cu %u\n", p->num_simd_per_cu,
		p->max_slots_scratch_cu);
	fprintf(f, "gfx_target_version %u\n", target_version(p->engine_id_bits));
	fprintf(f, "vendor_id %u\ndevice_id %u\n", p->vendor_id, p->device_id);
	fprintf(f, "location_id %u\ndomain %u\n", p->location_id, p->domain);
	fprintf(f, "drm_render_minor %d\n", p->drm_render_minor);
	fprintf(f, "hive_id %" PRIu64 "\n", p->hive_id);
	fprintf(f, "num_sdma_engines %u\nnum_sdma_xgmi_engines %u\n", p->num_sdma_engines,
		p->num_sdma_xgmi_engines);
	fprintf(f, "num_sdma_queues_per_engine %u\nnum_cp_queues %u\n",
		p->num_sdma_queues_per_engine, p->num_cp_queues);
}

static void put_gpu(FILE *f, const struct vt_node_rep *p)
{
	fprintf(f, "max_engine_clk_fcompute %u\n", p->max_engine_clock_fcompute_mhz);
	fprintf(f, "local_mem_size %" PRIu64 "\n", p->local_mem_bytes);
	fprintf(f, "fw_version %u\n", p->engine_id_bits & 0x3ff);
	fprintf(f, "capability %u\n", p->capability_bits);
	fprintf(f, "debug_prop %" PRIu64 "\n", p->debug_properties_bits);
	fprintf(f, "sdma_fw_version %u\n", p->ucode_version_bits & 0x3ff);
	fprintf(f, "unique_id %" PRIu64 "\n", p->unique_id);
	fprintf(f, "num_xcc %u\n", p->num_xcc);
}

static void put_properties(struct tree *t, uint32_t node, const struct vt_node_rep *p)
{
	char name[PATH_MAX];
	FILE *f;

	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/properties", node);
	f = begin(t, name);
	if (!f)
		return;
	put_both_kinds(f, p);
	if (p->num_fcompute_cores)
		put_gpu(f, p);
	fprintf(f, "max_engine_clk_ccompute %u\n", p->max_engine_clock_ccompute_mhz);
	end(t, f);
}

static void put_bank(struct tree *t, uint32_t node, uint32_t number, const struct vt_bank *b)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/mem_banks/%u/properties", node, number);
	put(t, name,
	    "heap_type %u\nsize_in_bytes %" PRIu64 "\nflags %u\nwidth %u\nmem_clk_max %u\n",
	    b->heap_type, b->size_bytes, b->property_bits, b->width_bits, b->clock_max_mhz);
}

static void put_cache(struct tree *t, uint32_t node, uint32_t number, const struct vt_cache *c)
{
	char name[PATH_MAX];
	FILE *f;

	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/caches/%u/properties", node, number);
	f = begin(t, name);
	if (!f)
		return;
	fprintf(f, "processor_id_low %u\nlevel %u\nsize %u\n", c->processor_id_low, c->level,
		c->size_kib);
	fprintf(f, "cache_line_size %u\ncache_lines_per_tag %u\n", c->line_bytes, c->lines_per_tag);
	fprintf(f, "association %u\nlatency %u\ntype %u\n", c->associativity, c->latency_ns,
		c->type_bits);
	fputs("sibling_map ", f);
	for (unsigned i = 0; i < 8 * VT_SIBLING_BYTES; i++)
		fprintf(f, "%s%d", i ? "," : "", c->siblings[i / 8] >> i % 8 & 1);
	fputs("\n", f);
	end(t, f);
}

static void put_io_link(struct tree *t, uint32_t node, uint32_t number, const struct vt_link *l)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/io_links/%u/properties", node, number);
	put(t, name,
	    "type %u\nversion_major %u\nversion_minor %u\nnode_from %u\nnode_to %u\nweight %u\n"
	    "min_latency %u\nmax_latency %u\nmin_bandwidth %u\nmax_bandwidth %u\n"
	    "recommended_transfer_size %u\nflags %u\n",
	    l->type, l->version_major, l->version_minor, l->node_from, l->node_to, l->weight,
	    l->min_latency_ns, l->max_latency_ns, l->min_bandwidth_mbs, l->max_bandwidth_mbs,
	    l->rec_transfer_bytes, l->flags_bits);
}

static void put_node(struct tree *t, uint32_t node, const struct vt_topology_node *n)
{
	static const char *const folder[] = {"mem_banks", "caches", "io_links", "p2p_links"};
	const struct vt_node_rep *p = &n->props;
	uint32_t number = 0;
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/%s", node, folder[i]);
		put_folder(t, name);
	}
	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/gpu_id", node);
	put(t, name, "%u\n", gpu_id(p, node));
	snprintf(name, sizeof(name), TOPOLOGY "/nodes/%u/name", node);
	put(t, name, "%.*s\n", (int)VT_NAME_CHARS, p->amd_name);
	put_properties(t, node, p);
	for (uint32_t i = 0; i < p->num_banks; i++)
		if (driver_tells_of(&p->bank[i]))
			put_bank(t, node, number++, &p->bank[i]);
	for (uint32_t i = 0; i < p->num_caches; i++)
		put_cache(t, node, i, &n->cache[i]);
	for (uint32_t i = 0; i < p->num_links; i++)
		put_io_link(t, node, i, &p->link[i]);
}

/* --- The PCI device and its DRM nodes --- */

static uint64_t visible_memory(const struct vt_node_rep *p)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < p->num_banks; i++)
		if (p->bank[i].heap_type == HEAP_PUBLIC)
			sum += p->bank[i].size_bytes;
	return sum;
}

static uint64_t device_memory(const struct vt_node_rep *p)
{
	uint64_t sum = visible_memory(p);

	for (uint32_t i = 0; i < p->num_banks; i++)
		if (p->bank[i].heap_type == HEAP_PRIVATE)
			sum += p->bank[i].size_bytes;
	return sum;
}

/* LocationId is bus << 8 | device << 3 | function. */
static void pci_name(const struct vt_node_rep *p, char out[32])
{
	snprintf(out, 32, "%04x:%02x:%02x.%u", p->domain, p->location_id >> 8 & 0xff,
		 p->location_id >> 3 & 0x1f, p->location_id & 7);
}

static void put_pci(struct tree *t, const struct vt_node_rep *p, const char *folder,
		    const char *pci)
{
	char name[PATH_MAX], marketing[VT_NAME_CHARS + 1];
	size_t i;

	for (i = 0; i < VT_NAME_CHARS && p->marketing_name[i]; i++)
		marketing[i] = p->marketing_name[i] < 0x7f ? (char)p->marketing_name[i] : '?';
	marketing[i] = '\0';
#define PUT(file, ...)                                            \
	do {                                                      \
		snprintf(name, sizeof(name), "%s/" file, folder); \
		put(t, name, __VA_ARGS__);                        \
	} while (0)
	PUT("vendor", "0x%04x\n", p->vendor_id);
	PUT("device", "0x%04x\n", p->device_id);
	PUT("subsystem_vendor", "0x%04x\n", p->vendor_id);
	PUT("subsystem_device", "0x%04x\n", p->device_id);
	PUT("revision", "0x00\n");
	PUT("class", "0x038000\n");
	PUT("numa_node", "-1\n");
	PUT("product_name", "%s\n", marketing);
	PUT("unique_id", "%016" PRIx64 "\n", p->unique_id);
	PUT("mem_info_vram_total", "%" PRIu64 "\n", device_memory(p));
	PUT("mem_info_vis_vram_total", "%" PRIu64 "\n", visible_memory(p));
	PUT("uevent", "DRIVER=amdgpu\nPCI_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n", p->vendor_id,
	    p->device_id, pci);
#undef PUT
}

/* The number of the card: render nodes begin at 128, cards at 0. */
static void put_drm(struct tree *t, const struct vt_node_rep *p, uint32_t card)
{
	int minor = p->drm_render_minor > 0 ? p->drm_render_minor : (int)(128 + card);
	char folder[64], device[160], drm[2][32], name[PATH_MAX], pci[32];

	pci_name(p, pci);
	snprintf(folder, sizeof(folder), "sys/devices/vthunk/%s", pci);
	put_pci(t, p, folder, pci);
	snprintf(drm[0], sizeof(drm[0]), "card%u", card);
	snprintf(drm[1], sizeof(drm[1]), "renderD%d", minor);
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s/drm/%s/device", folder, drm[i]);
		snprintf(device, sizeof(device), "../../../%s", pci);
		put_link(t, name, device);
		snprintf(name, sizeof(name), "%s/drm/%s/dev", folder, drm[i]);
		put(t, name, "226:%d\n", i ? minor : (int)card);
		snprintf(name, sizeof(name), "sys/class/drm/%s", drm[i]);
		snprintf(device, sizeof(device), "../../devices/vthunk/%s/drm/%s", pci, drm[i]);
		put_link(t, name, device);
	}
}

/* --- All of it --- */

int vt_view_tree_write(const char *folder, const struct vt_topology *topology)
{
	const struct vt_topology_rep *s = &topology->system;
	struct tree t = {folder, 0};
	uint32_t card = 0;

	put(&t, "sys/module/amdgpu/initstate", "live\n");
	put(&t, "sys/module/amdgpu/version", "%u.%u\n", s->kernel_major, s->kernel_minor);
	put(&t, TOPOLOGY "/generation_id", "1\n");
	put(&t, TOPOLOGY "/system_properties", "platform_oem %u\nplatform_id %u\nplatform_rev %u\n",
	    s->platform_oem, s->platform_id, s->platform_rev);
	put_folder(&t, "sys/devices/virtual/kfd/kfd/proc");
	put_link(&t, "sys/class/kfd/kfd", "../../devices/virtual/kfd/kfd");
	put_folder(&t, "sys/class/drm");
	for (uint32_t i = 0; i < s->num_nodes; i++) {
		put_node(&t, i, &topology->node[i]);
		if (topology->node[i].props.num_fcompute_cores)
			put_drm(&t, &topology->node[i].props, card++);
	}
	return t.err;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

void vt_view_tree_remove(const char *folder)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/sys", folder) < (int)sizeof(path))
		nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
