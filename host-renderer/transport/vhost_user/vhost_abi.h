/*
 * host-renderer/transport/vhost_user/vhost_abi.h - the messages of vhost-user that a virtio-gpu
 * device needs. Source: QEMU's docs/interop/vhost-user.rst; the numbers of what came with QEMU 11.1
 * (SHMEM) were checked against that version.
 *
 * Little endian as everything here: the front-end runs on the same machine.
 */
#ifndef VT_VHOST_ABI_H
#define VT_VHOST_ABI_H

#include <stddef.h>
#include <stdint.h>

struct vu_header {
	uint32_t request;
	uint32_t flags; /* vu_flag */
	uint32_t size;  /* of what follows */
};
_Static_assert(sizeof(struct vu_header) == 12, "wire size");

enum vu_flag {
	VU_VERSION = 1,
	VU_VERSION_MASK = 3,
	VU_REPLY = 4,
	VU_NEED_REPLY = 8,
};

/* From the front-end. */
enum vu_request {
	VU_GET_FEATURES = 1,
	VU_SET_FEATURES = 2,
	VU_SET_OWNER = 3,
	VU_RESET_OWNER = 4,
	VU_SET_MEM_TABLE = 5,
	VU_SET_VRING_NUM = 8,
	VU_SET_VRING_ADDR = 9,
	VU_SET_VRING_BASE = 10,
	VU_GET_VRING_BASE = 11,
	VU_SET_VRING_KICK = 12,
	VU_SET_VRING_CALL = 13,
	VU_SET_VRING_ERR = 14,
	VU_GET_PROTOCOL_FEATURES = 15,
	VU_SET_PROTOCOL_FEATURES = 16,
	VU_GET_QUEUE_NUM = 17,
	VU_SET_VRING_ENABLE = 18,
	VU_SET_BACKEND_REQ_FD = 21,
	VU_GET_CONFIG = 24,
	VU_SET_CONFIG = 25,
	VU_RESET_DEVICE = 34,
	VU_GET_MAX_MEM_SLOTS = 36,
	VU_ADD_MEM_REG = 37,
	VU_REM_MEM_REG = 38,
	VU_GET_SHMEM_CONFIG = 44,
	VU_REQUESTS
};

/* From us, on the channel of VU_SET_BACKEND_REQ_FD. */
enum vu_backend_request {
	VU_SHMEM_MAP = 9,
	VU_SHMEM_UNMAP = 10,
};

/* Bits of VU_GET_PROTOCOL_FEATURES. */
enum vu_protocol_feature {
	VU_F_MQ = 0,
	VU_F_REPLY_ACK = 3,
	VU_F_BACKEND_REQ = 5,
	VU_F_CONFIG = 9,
	VU_F_BACKEND_SEND_FD = 10,
	VU_F_RESET_DEVICE = 13,
	VU_F_CONFIGURE_MEM_SLOTS = 15,
	VU_F_SHMEM = 22,
};

#define VU_F_PROTOCOL_FEATURES 30 /* bit of VU_GET_FEATURES */

#define VU_MAX_FDS             8u /* with one message */
#define VU_TABLE_REGIONS       8u /* in one VU_SET_MEM_TABLE */
#define VU_VRING_NOFD          0x100u

struct vu_vring_state {
	uint32_t index, num;
};

struct vu_vring_addr {
	uint32_t index, flags;
	uint64_t desc, used, avail, log; /* addresses of the front-end's process */
};
_Static_assert(sizeof(struct vu_vring_addr) == 40, "wire size");

struct vu_region_msg {
	uint64_t guest_addr, size;
	uint64_t user_addr; /* of the front-end's process */
	uint64_t offset;    /* in the file */
};

struct vu_mem_table {
	uint32_t num, padding;
	struct vu_region_msg region[VU_TABLE_REGIONS];
};
_Static_assert(sizeof(struct vu_mem_table) == 264, "wire size");

struct vu_mem_region {
	uint64_t padding;
	struct vu_region_msg region;
};
_Static_assert(sizeof(struct vu_mem_region) == 40, "wire size");

struct vu_config {
	uint32_t offset, size, flags;
	uint8_t bytes[256];
};
_Static_assert(offsetof(struct vu_config, bytes) == 12, "wire offset");

#define VU_SHMEM_REGIONS 256u

struct vu_shmem_config {
	uint32_t num, padding;
	uint64_t size[VU_SHMEM_REGIONS]; /* by id */
};
_Static_assert(sizeof(struct vu_shmem_config) == 2056, "wire size");

struct vu_shmem {
	uint8_t id, padding[7];
	uint64_t fd_offset, offset, len;
	uint64_t flags; /* vu_shmem_flag */
};
_Static_assert(sizeof(struct vu_shmem) == 40, "wire size");

enum vu_shmem_flag { VU_SHMEM_WRITABLE = 1 };

#endif
