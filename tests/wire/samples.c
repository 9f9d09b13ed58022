/* The samples. Objects are static, so that padding is zero. */
#include "tests/wire/samples.h"

#include "proto/wire/msg.h"
#include "tests/support/vt_test.h"

static const struct vt_ping_req ping_req = {1};
static const struct vt_ping_rep ping_rep = {UINT64_MAX};
static const struct vt_renderer_info_rep renderer_info_rep = {"0.1.0", "/lib/x.so", "swgpu",
							      3,       4,           5};
static const struct vt_stats_rep stats_rep = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const struct vt_window_req window_req = {0x200000000000, 1ull << 40};
static const struct vt_topology_rep topology_rep = {1, 14, 2, 3, 4, 5};
static const struct vt_node_req node_req = {63};
static const struct vt_node_rep node_rep = {
    .num_cpu_cores = 1,
    .num_fcompute_cores = 2,
    .num_banks = 1,
    .num_caches = 4,
    .num_links = 1,
    .ccompute_id_lo = 6,
    .fcompute_id_lo = 0x80000000,
    .capability_bits = 8,
    .max_waves_per_simd = 9,
    .lds_size_kib = 10,
    .gds_size_kib = 11,
    .wavefront_size = 12,
    .num_shader_banks = 13,
    .num_arrays = 14,
    .num_cu_per_array = 15,
    .num_simd_per_cu = 16,
    .max_slots_scratch_cu = 17,
    .engine_id_bits = 18,
    .vendor_id = 0x1002,
    .device_id = 0x66a1,
    .location_id = 21,
    .domain = 22,
    .local_mem_bytes = 1ull << 34,
    .max_engine_clock_fcompute_mhz = 24,
    .max_engine_clock_ccompute_mhz = 25,
    .drm_render_minor = -1,
    .marketing_name = {'G', 0x20ac},
    .amd_name = "g",
    .ucode_version_bits = 29,
    .debug_properties_bits = 30,
    .hive_id = 31,
    .num_sdma_engines = 32,
    .num_sdma_xgmi_engines = 33,
    .num_sdma_queues_per_engine = 34,
    .num_cp_queues = 35,
    .num_gws = 36,
    .integrated = 37,
    .unique_id = 0x123456789abcdef0,
    .vgpr_bytes_per_cu = 39,
    .sgpr_bytes_per_cu = 40,
    .num_xcc = 41,
    .kfd_gpu_id = 42,
    .family_id = 43,
    .counter_khz = 100000,
    .bank = {{1, 2, 3, 4, 5, 6}},
    .link = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
};
static const struct vt_node_caches_req node_caches_req = {1, 128};
static const struct vt_node_caches_rep node_caches_rep = {
    2, {{1, 2, 3, 4, 5, 6, 7, 8, {1, 0, 0x80}}, {.size_kib = 9}}};
static const struct vt_clock_counters_req clock_counters_req = {2};
static const struct vt_clock_counters_rep clock_counters_rep = {1, 2, 3, 4};
static const struct vt_tile_config_req tile_config_req = {1, 2, 3};
static const struct vt_tile_config_rep tile_config_rep = {2, 1, 3, 4, 5, {6, 7}, {8}};
static const struct vt_mem_alloc_req mem_alloc_req = {1, 0x20c1, 1 << 21, 4096, 0x200000000000};
static const struct vt_mem_alloc_rep mem_alloc_rep = {1, 2, 3, 1, {4, 5, 6, 7, true}};
static const struct vt_mem_free_req mem_free_req = {1ull << 32 | 7};
static const struct vt_mem_map_req mem_map_req = {1, 2, 3, 4, 5};
static const struct vt_mem_map_rep mem_map_rep = {6};
static const struct vt_mem_unmap_req mem_unmap_req = {1, 2};
static const struct vt_user_register_req user_register_req = {0x7f0000001000, 4096, 8192, 0x2000};
static const struct vt_user_register_rep user_register_rep = {1, 2, 0xff0000001000};
static const struct vt_user_deregister_req user_deregister_req = {1};
static const struct vt_memory_policy_req memory_policy_req = {1, 2, 3, 4, 5};
static const struct vt_mem_available_req mem_available_req = {1};
static const struct vt_mem_available_rep mem_available_rep = {1ull << 32};
static const struct vt_mem_export_req mem_export_req = {1, 2, 3};
static const struct vt_mem_export_rep mem_export_rep = {4096};
static const struct vt_queue_create_req queue_create_req = {1, 21, 100, -3, 4, 5, 6, 7, 8, 9};
static const struct vt_queue_create_rep queue_create_rep = {
    1, {{2, 3, 4, 5, true}, 6}, {{7, 0, 8, 9, false}, 10}, {{11, 0, 12, 13, false}, 14}};
static const struct vt_queue_update_req queue_update_req = {1, 2, -1, 4, 5, 6};
static const struct vt_queue_destroy_req queue_destroy_req = {1};
static const struct vt_queue_cu_mask_req queue_cu_mask_req = {1, 64, 2, {3, 4}};
static const struct vt_queue_info_req queue_info_req = {1};
static const struct vt_queue_info_rep queue_info_rep = {1, 2, 32, 1, {3}};
static const struct vt_queue_gws_req queue_gws_req = {1, 2};
static const struct vt_queue_gws_rep queue_gws_rep = {3};
static const struct vt_event_create_req event_create_req = {8, 1};
static const struct vt_event_create_rep event_create_rep = {1, 2, 3, 4, 5, 6};
static const struct vt_event_destroy_req event_destroy_req = {1};
static const struct vt_xnack_get_rep xnack_get_rep = {1};
static const struct vt_xnack_set_req xnack_set_req = {-1};
static const struct vt_trap_handler_req trap_handler_req = {1, 2, 3, 4, 5};
static const struct vt_runtime_enable_req runtime_enable_req = {1};

static const struct sample samples[] = {
#define VT_SAMPLE(op, dir, name, golden) {VT_OP_##op, dir, &name, sizeof(name), #name, golden},
#include "tests/wire/golden.def"
#undef VT_SAMPLE
};

const struct sample *sample_get(size_t i)
{
	return i < VT_ARRAY_LEN(samples) ? &samples[i] : NULL;
}

size_t sample_count(void)
{
	return VT_ARRAY_LEN(samples);
}
