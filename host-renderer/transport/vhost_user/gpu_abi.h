/*
 * host-renderer/transport/vhost_user/gpu_abi.h - what a virtio-gpu device says to its driver, as
 * far as this device has it. Source: the virtio specification, version 1.3, section 5.7.
 */
#ifndef VT_GPU_ABI_H
#define VT_GPU_ABI_H

#include <stddef.h>
#include <stdint.h>

enum gpu_feature {
	GPU_F_VIRGL = 0, /* contexts */
	GPU_F_RESOURCE_BLOB = 3,
	GPU_F_CONTEXT_INIT = 4,
};

#define GPU_SHM_HOST_VISIBLE 1u
#define GPU_MAX_SCANOUTS     16u

struct gpu_config {
	uint32_t events_read, events_clear, num_scanouts, num_capsets;
};
_Static_assert(sizeof(struct gpu_config) == 16, "wire size");

enum gpu_command {
	GPU_GET_DISPLAY_INFO = 0x100,
	GPU_RESOURCE_UNREF = 0x102,
	GPU_GET_CAPSET_INFO = 0x108,
	GPU_GET_CAPSET = 0x109,
	GPU_RESOURCE_CREATE_BLOB = 0x10c,
	GPU_CTX_CREATE = 0x200,
	GPU_CTX_DESTROY = 0x201,
	GPU_CTX_ATTACH_RESOURCE = 0x202,
	GPU_CTX_DETACH_RESOURCE = 0x203,
	GPU_SUBMIT_3D = 0x207,
	GPU_RESOURCE_MAP_BLOB = 0x208,
	GPU_RESOURCE_UNMAP_BLOB = 0x209,
};

enum gpu_response {
	GPU_OK_NODATA = 0x1100,
	GPU_OK_DISPLAY_INFO = 0x1101,
	GPU_OK_CAPSET_INFO = 0x1102,
	GPU_OK_CAPSET = 0x1103,
	GPU_OK_MAP_INFO = 0x1106,
	GPU_ERR_UNSPEC = 0x1200,
	GPU_ERR_OUT_OF_MEMORY = 0x1201,
	GPU_ERR_INVALID_RESOURCE_ID = 0x1203,
	GPU_ERR_INVALID_CONTEXT_ID = 0x1204,
	GPU_ERR_INVALID_PARAMETER = 0x1205,
};

enum gpu_flag {
	GPU_FLAG_FENCE = 1,
	GPU_FLAG_RING_IDX = 2,
};

struct gpu_header {
	uint32_t type, flags;
	uint64_t fence_id;
	uint32_t ctx_id;
	uint8_t ring_idx, padding[3];
};
_Static_assert(sizeof(struct gpu_header) == 24, "wire size");

struct gpu_display {
	uint32_t x, y, width, height, enabled, flags;
};

struct gpu_display_info {
	struct gpu_header header;
	struct gpu_display display[GPU_MAX_SCANOUTS];
};
_Static_assert(sizeof(struct gpu_display_info) == 408, "wire size");

struct gpu_get_capset_info {
	struct gpu_header header;
	uint32_t index, padding;
};

struct gpu_capset_info {
	struct gpu_header header;
	uint32_t id, max_version, max_size, padding;
};

struct gpu_get_capset {
	struct gpu_header header;
	uint32_t id, version;
};

struct gpu_ctx_create {
	struct gpu_header header;
	uint32_t name_len, context_init; /* the lowest byte: the capset */
	char name[64];
};
_Static_assert(sizeof(struct gpu_ctx_create) == 96, "wire size");

/* UNREF, ATTACH, DETACH, UNMAP_BLOB. */
struct gpu_resource_command {
	struct gpu_header header;
	uint32_t resource_id, padding;
};

enum gpu_blob_mem {
	GPU_BLOB_GUEST = 1,
	GPU_BLOB_HOST3D = 2,
};

#define GPU_BLOB_FLAGS 7u /* mappable, shareable, cross-device */

struct gpu_create_blob {
	struct gpu_header header;
	uint32_t resource_id, mem, flags, num_entries;
	uint64_t blob_id, size;
};
_Static_assert(sizeof(struct gpu_create_blob) == 56, "wire size");

struct gpu_mem_entry {
	uint64_t addr;
	uint32_t length, padding;
};

struct gpu_map_blob {
	struct gpu_header header;
	uint32_t resource_id, padding;
	uint64_t offset;
};
_Static_assert(sizeof(struct gpu_map_blob) == 40, "wire size");

#define GPU_MAP_CACHED 1u

struct gpu_map_info {
	struct gpu_header header;
	uint32_t map_info, padding;
};

struct gpu_submit {
	struct gpu_header header;
	uint32_t size, padding;
};
_Static_assert(sizeof(struct gpu_submit) == 32, "wire size");

#endif
