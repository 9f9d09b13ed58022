/* Chapter topology of the schema. */
#include <errno.h>
#include <string.h>

#include "proto/schema/topology.pb-c.h"
#include "proto/wire/codec_row.h"
#include "proto/wire/msg.h"

#define TOPOLOGY(F) \
	F(kernel_major) F(kernel_minor) F(num_nodes) F(platform_oem) F(platform_id) F(platform_rev)
VT_SCALARS(topology_rep, Vt__TopologyRep, TOPOLOGY)

#define NODE_REQ(F) F(node)
VT_SCALARS(node_req, Vt__NodeReq, NODE_REQ)
VT_SCALARS(clock_counters_req, Vt__ClockCountersReq, NODE_REQ)

#define NODE_CACHES_REQ(F) F(node) F(first)
VT_SCALARS(node_caches_req, Vt__NodeCachesReq, NODE_CACHES_REQ)

#define CLOCKS(F) F(gpu) F(cpu) F(system) F(system_hz)
VT_SCALARS(clock_counters_rep, Vt__ClockCountersRep, CLOCKS)

#define TILE_REQ(F) F(node) F(max_tiles) F(max_macro_tiles)
VT_SCALARS(tile_config_req, Vt__TileConfigReq, TILE_REQ)

#define NODE_NUMBERS(F)                  \
	F(num_cpu_cores)                 \
	F(num_fcompute_cores)            \
	F(num_caches)                    \
	F(ccompute_id_lo)                \
	F(fcompute_id_lo)                \
	F(capability_bits)               \
	F(max_waves_per_simd)            \
	F(lds_size_kib)                  \
	F(gds_size_kib)                  \
	F(wavefront_size)                \
	F(num_shader_banks)              \
	F(num_arrays)                    \
	F(num_cu_per_array)              \
	F(num_simd_per_cu)               \
	F(max_slots_scratch_cu)          \
	F(engine_id_bits)                \
	F(vendor_id)                     \
	F(device_id)                     \
	F(location_id)                   \
	F(domain)                        \
	F(local_mem_bytes)               \
	F(max_engine_clock_fcompute_mhz) \
	F(max_engine_clock_ccompute_mhz) \
	F(drm_render_minor)              \
	F(ucode_version_bits)            \
	F(debug_properties_bits)         \
	F(hive_id)                       \
	F(num_sdma_engines)              \
	F(num_sdma_xgmi_engines)         \
	F(num_sdma_queues_per_engine)    \
	F(num_cp_queues)                 \
	F(num_gws)                       \
	F(integrated)                    \
	F(unique_id)                     \
	F(vgpr_bytes_per_cu)             \
	F(sgpr_bytes_per_cu) F(num_xcc) F(kfd_gpu_id) F(family_id) F(counter_khz)

#define BANK_FIELDS(F) \
	F(heap_type) F(property_bits) F(size_bytes) F(width_bits) F(clock_max_mhz) F(base_va)

#define LINK_FIELDS(F)    \
	F(type)           \
	F(version_major)  \
	F(version_minor)  \
	F(node_from)      \
	F(node_to)        \
	F(weight)         \
	F(min_latency_ns) \
	F(max_latency_ns) \
	F(min_bandwidth_mbs) F(max_bandwidth_mbs) F(rec_transfer_bytes) F(flags_bits)

#define CACHE_FIELDS(F)     \
	F(processor_id_low) \
	F(level)            \
	F(size_kib) F(line_bytes) F(lines_per_tag) F(associativity) F(latency_ns) F(type_bits)

static void put_bank(const struct vt_bank *m, Vt__Bank *to)
{
	Vt__Bank pb = VT__BANK__INIT;

	BANK_FIELDS(VT_PUT_FIELD)
	*to = pb;
}

static void get_bank(const Vt__Bank *pb, struct vt_bank *m)
{
	BANK_FIELDS(VT_GET_FIELD)
}

static void put_link(const struct vt_link *m, Vt__Link *to)
{
	Vt__Link pb = VT__LINK__INIT;

	LINK_FIELDS(VT_PUT_FIELD)
	*to = pb;
}

static void get_link(const Vt__Link *pb, struct vt_link *m)
{
	LINK_FIELDS(VT_GET_FIELD)
}

/* UTF-16LE, the last NULs left out. Returns bytes. */
static size_t put_name(const uint16_t name[VT_NAME_CHARS], uint8_t out[2 * VT_NAME_CHARS])
{
	size_t n = 0;

	while (n < VT_NAME_CHARS - 1 && name[n]) {
		out[2 * n] = (uint8_t)name[n];
		out[2 * n + 1] = (uint8_t)(name[n] >> 8);
		n++;
	}
	return 2 * n;
}

static int get_name(const ProtobufCBinaryData *in, uint16_t name[VT_NAME_CHARS])
{
	if (in->len % 2 || in->len / 2 >= VT_NAME_CHARS)
		return -EBADMSG;
	for (size_t i = 0; i < in->len / 2; i++)
		name[i] = (uint16_t)(in->data[2 * i] | in->data[2 * i + 1] << 8);
	return 0;
}

static int node_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_node_rep *m = msg;
	Vt__NodeRep pb;
	Vt__Bank bank[VT_MAX_BANKS], *banks[VT_MAX_BANKS];
	Vt__Link link[VT_MAX_LINKS], *links[VT_MAX_LINKS];
	uint8_t name[2 * VT_NAME_CHARS];
	char amd_name[VT_NAME_CHARS];

	if (m->num_banks > VT_MAX_BANKS || m->num_links > VT_MAX_LINKS)
		return -EINVAL;
	vt__node_rep__init(&pb);
	NODE_NUMBERS(VT_PUT_FIELD)
	for (size_t i = 0; i < m->num_banks; i++)
		put_bank(&m->bank[i], banks[i] = &bank[i]);
	for (size_t i = 0; i < m->num_links; i++)
		put_link(&m->link[i], links[i] = &link[i]);
	pb.n_bank = m->num_banks;
	pb.bank = banks;
	pb.n_link = m->num_links;
	pb.link = links;
	pb.marketing_name.len = put_name(m->marketing_name, name);
	pb.marketing_name.data = name;
	memcpy(amd_name, m->amd_name, sizeof(amd_name));
	amd_name[sizeof(amd_name) - 1] = '\0';
	pb.amd_name = amd_name;
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int node_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__NodeRep *pb = (const Vt__NodeRep *)from;
	struct vt_node_rep *m = msg;
	int err;

	if (pb->n_bank > VT_MAX_BANKS || pb->n_link > VT_MAX_LINKS)
		return -EBADMSG;
	NODE_NUMBERS(VT_GET_FIELD)
	m->num_banks = (uint32_t)pb->n_bank;
	m->num_links = (uint32_t)pb->n_link;
	for (size_t i = 0; i < pb->n_bank; i++)
		get_bank(pb->bank[i], &m->bank[i]);
	for (size_t i = 0; i < pb->n_link; i++)
		get_link(pb->link[i], &m->link[i]);
	err = get_name(&pb->marketing_name, m->marketing_name);
	if (!err)
		err = vt_codec_take_string(pb->amd_name, m->amd_name, sizeof(m->amd_name));
	return err;
}

VT_ROW(node_rep)

static void put_cache(const struct vt_cache *m, Vt__Cache *to, uint8_t siblings[VT_SIBLING_BYTES])
{
	Vt__Cache pb = VT__CACHE__INIT;
	size_t len = VT_SIBLING_BYTES;

	CACHE_FIELDS(VT_PUT_FIELD)
	while (len && !m->siblings[len - 1])
		len--;
	memcpy(siblings, m->siblings, len);
	pb.siblings.len = len;
	pb.siblings.data = siblings;
	*to = pb;
}

static int get_cache(const Vt__Cache *pb, struct vt_cache *m)
{
	if (pb->siblings.len > VT_SIBLING_BYTES)
		return -EBADMSG;
	CACHE_FIELDS(VT_GET_FIELD)
	if (pb->siblings.len)
		memcpy(m->siblings, pb->siblings.data, pb->siblings.len);
	return 0;
}

static int node_caches_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_node_caches_rep *m = msg;
	Vt__NodeCachesRep pb = VT__NODE_CACHES_REP__INIT;
	Vt__Cache cache[VT_MAX_CACHES], *caches[VT_MAX_CACHES];
	uint8_t siblings[VT_MAX_CACHES][VT_SIBLING_BYTES];

	if (m->num_caches > VT_MAX_CACHES)
		return -EINVAL;
	for (size_t i = 0; i < m->num_caches; i++)
		put_cache(&m->cache[i], caches[i] = &cache[i], siblings[i]);
	pb.n_cache = m->num_caches;
	pb.cache = caches;
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int node_caches_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__NodeCachesRep *pb = (const Vt__NodeCachesRep *)from;
	struct vt_node_caches_rep *m = msg;
	int err = 0;

	if (pb->n_cache > VT_MAX_CACHES)
		return -EBADMSG;
	m->num_caches = (uint32_t)pb->n_cache;
	for (size_t i = 0; i < pb->n_cache && !err; i++)
		err = get_cache(pb->cache[i], &m->cache[i]);
	return err;
}

VT_ROW(node_caches_rep)

#define TILE_NUMBERS(F) F(gb_addr_config) F(num_banks) F(num_ranks)

static int tile_config_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_tile_config_rep *m = msg;
	struct vt_tile_config_rep copy = *m;
	Vt__TileConfigRep pb = VT__TILE_CONFIG_REP__INIT;

	if (m->num_tiles > VT_MAX_TILES || m->num_macro_tiles > VT_MAX_MACRO_TILES)
		return -EINVAL;
	TILE_NUMBERS(VT_PUT_FIELD)
	pb.n_tile = m->num_tiles;
	pb.tile = copy.tile;
	pb.n_macro_tile = m->num_macro_tiles;
	pb.macro_tile = copy.macro_tile;
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int tile_config_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__TileConfigRep *pb = (const Vt__TileConfigRep *)from;
	struct vt_tile_config_rep *m = msg;
	int err;

	TILE_NUMBERS(VT_GET_FIELD)
	err = vt_codec_take_words(pb->n_tile, pb->tile, m->tile, VT_MAX_TILES, &m->num_tiles);
	if (!err)
		err = vt_codec_take_words(pb->n_macro_tile, pb->macro_tile, m->macro_tile,
					  VT_MAX_MACRO_TILES, &m->num_macro_tiles);
	return err;
}

VT_ROW(tile_config_rep)
