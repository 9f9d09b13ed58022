/*
 * proto/wire/msg.h - what each operation says: plain structs, one for a request and one for a
 * reply.
 *
 * Where an operation of op.def has no struct here, that message is empty. Rules for all:
 *   ..._id   an object of this connection, given by the renderer; 0 is none
 *   ..._va   an address in the common address space of client, renderer and GPU. The renderer
 * accepts it only where it lies in an object of this connection, or is one that it is asked to
 * reserve node     index in the topology, as in AMD's thunk
 *   ..._bits a word of AMD's thunk whose bits the thunk ABI fixes (hsakmttypes.h, 5.2 to 6.2); both
 * sides hand it on after a check. The ABI's own name stands in the comment Sizes are in bytes
 * unless the name says otherwise. nodes_mask: bit n is node n, so nodes are 0..63.
 */
#ifndef VT_WIRE_MSG_H
#define VT_WIRE_MSG_H

#include <stdbool.h>
#include <stdint.h>

#define VT_MAX_NODES       64u
#define VT_MAX_BANKS       16u
#define VT_MAX_LINKS       64u
#define VT_MAX_CACHES      128u /* per NODE_CACHES reply */
#define VT_SIBLING_BYTES   32u  /* a bit for each of the thunk's 256 CPU siblings */
#define VT_MAX_TILES       64u
#define VT_MAX_MACRO_TILES 32u
#define VT_MAX_CU_WORDS    64u
#define VT_NAME_CHARS      64u

/* --- The renderer itself --- */

/* PING: the reply repeats `value`. Does nothing else: for measuring and for tests. */
struct vt_ping_req {
	uint64_t value;
};
struct vt_ping_rep {
	uint64_t value;
};

/* RENDERER_INFO */
struct vt_renderer_info_rep {
	char version[32];   /* of the renderer, as --version prints it */
	char provider[128]; /* path of the libhsakmt that executes, as the renderer loaded it */
	char device[64];    /* as given by --device: swgpu, kfd, or a path */
	uint64_t memory_limit_bytes; /* what this connection may hold; 0: no limit */
	uint32_t queue_limit, event_limit;
};

/* STATS: of this connection, since it began. */
struct vt_stats_rep {
	uint64_t calls, posts, errors;         /* requests handled; of these, failed */
	uint64_t request_bytes, reply_bytes;   /* frames with headers */
	uint64_t blobs_exported;               /* files sent */
	uint64_t memory_bytes, memory_objects; /* held now */
	uint32_t queues, events;               /* held now */
	uint64_t worker_sleeps;                /* times that the renderer's reader went to sleep */
	uint64_t events_published;
};

/*
 * WINDOW: the client has reserved [base_va, base_va + size) on its side (PROT_NONE); the renderer
 * tries the same. Error EEXIST: not free here, try another (vt_window_candidates()). Must come
 * before any MEM_ALLOC; once it has succeeded a second one is refused with EALREADY. All blobs that
 * have a va lie inside the window.
 */
struct vt_window_req {
	uint64_t base_va; /* multiple of 2 MiB */
	uint64_t size;    /* multiple of 2 MiB, VT_WINDOW_MIN..VT_WINDOW_MAX */
};
#define VT_WINDOW_MIN (1ull << 30)
#define VT_WINDOW_MAX (1ull << 42)
/* A size that leaves room for any program: 1 TiB. */
#define VT_WINDOW_SIZE (1ull << 40)
/* The n-th place to try (n = 0..15), away from where Linux puts programs, heaps, libraries and
 * stacks. */
static inline uint64_t vt_window_candidate(unsigned n)
{
	return 0x200000000000ull + (uint64_t)n * 0x030000000000ull;
}
#define VT_WINDOW_CANDIDATES 16u

/* --- Topology and clocks: a snapshot that the renderer took once; the client may keep it --- */

/* TOPOLOGY: HsaVersionInfo and HsaSystemProperties. */
struct vt_topology_rep {
	uint32_t kernel_major, kernel_minor;
	uint32_t num_nodes; /* 1..VT_MAX_NODES */
	uint32_t platform_oem, platform_id, platform_rev;
};

/* HsaMemoryProperties */
struct vt_bank {
	uint32_t heap_type; /* HSA_HEAPTYPE */
	uint32_t property_bits;
	uint64_t size_bytes;
	uint32_t width_bits, clock_max_mhz;
	uint64_t base_va;
};

/* HsaIoLinkProperties */
struct vt_link {
	uint32_t type; /* HSA_IOLINKTYPE */
	uint32_t version_major, version_minor;
	uint32_t node_from, node_to, weight;
	uint32_t min_latency_ns, max_latency_ns;
	uint32_t min_bandwidth_mbs, max_bandwidth_mbs;
	uint32_t rec_transfer_bytes;
	uint32_t flags_bits; /* HSA_LINKPROPERTY */
};

/* NODE: HsaNodeProperties, its memory banks and its IO links. Names as there, in lower case. */
struct vt_node_req {
	uint32_t node;
};
struct vt_node_rep {
	uint32_t num_cpu_cores, num_fcompute_cores;
	uint32_t num_banks, num_caches, num_links; /* caches: as NODE_CACHES will give in all */
	uint32_t ccompute_id_lo, fcompute_id_lo;
	uint32_t capability_bits; /* HSA_CAPABILITY */
	uint32_t max_waves_per_simd, lds_size_kib, gds_size_kib, wavefront_size;
	uint32_t num_shader_banks, num_arrays, num_cu_per_array, num_simd_per_cu;
	uint32_t max_slots_scratch_cu;
	uint32_t engine_id_bits;                            /* HSA_ENGINE_ID */
	uint32_t vendor_id, device_id, location_id, domain; /* vendor and device: 16 bits */
	uint64_t local_mem_bytes;
	uint32_t max_engine_clock_fcompute_mhz, max_engine_clock_ccompute_mhz;
	int32_t drm_render_minor;
	uint16_t marketing_name[VT_NAME_CHARS]; /* UTF-16, NUL-terminated */
	char amd_name[VT_NAME_CHARS];           /* ASCII, NUL-terminated */
	uint32_t ucode_version_bits;            /* HSA_ENGINE_VERSION */
	uint64_t debug_properties_bits;         /* HSA_DEBUG_PROPERTIES */
	uint64_t hive_id;
	uint32_t num_sdma_engines, num_sdma_xgmi_engines;
	uint32_t num_sdma_queues_per_engine, num_cp_queues, num_gws, integrated; /* 8 bits each */
	uint64_t unique_id;
	uint32_t vgpr_bytes_per_cu, sgpr_bytes_per_cu;
	uint32_t num_xcc, kfd_gpu_id, family_id; /* 0 from a thunk before 6.0 */
	uint32_t counter_khz; /* of the GPU's clock counter; 0: the renderer does not know */
	struct vt_bank bank[VT_MAX_BANKS];
	struct vt_link link[VT_MAX_LINKS];
};

/* HsaCacheProperties */
struct vt_cache {
	uint32_t processor_id_low, level, size_kib, line_bytes, lines_per_tag, associativity;
	uint32_t latency_ns;
	uint32_t type_bits;                 /* HsaCacheType */
	uint8_t siblings[VT_SIBLING_BYTES]; /* bit i: SiblingMap[i] != 0 */
};

/* NODE_CACHES: the caches of a node from number `first` on, as many as one reply takes. */
struct vt_node_caches_req {
	uint32_t node, first;
};
struct vt_node_caches_rep {
	uint32_t num_caches;
	struct vt_cache cache[VT_MAX_CACHES];
};

/* CLOCK_COUNTERS: HsaClockCounters. CPU and system counters are the renderer's machine's. */
struct vt_clock_counters_req {
	uint32_t node;
};
struct vt_clock_counters_rep {
	uint64_t gpu, cpu, system, system_hz;
};

/* TILE_CONFIG: HsaGpuTileConfig; the request says how much room the caller has. */
struct vt_tile_config_req {
	uint32_t node, max_tiles, max_macro_tiles;
};
struct vt_tile_config_rep {
	uint32_t num_tiles, num_macro_tiles, gb_addr_config, num_banks, num_ranks;
	uint32_t tile[VT_MAX_TILES];
	uint32_t macro_tile[VT_MAX_MACRO_TILES];
};

/* --- Memory --- */

/*
 * A blob: a file that both sides map. `is_new` says that its file comes with this message (in the
 * order in which the message names its new blobs); else the client has had it before, under this
 * id, and has it still.
 */
struct vt_blob {
	uint64_t blob_id;
	uint64_t base_va;     /* where the client must map it, inside the window; 0: anywhere */
	uint64_t size;        /* bytes to map */
	uint64_t file_offset; /* of the first byte in the file */
	bool is_new;
};

/* MEM_ALLOC: hsaKmtAllocMemory. */
struct vt_mem_alloc_req {
	uint32_t node;
	uint32_t flags_bits; /* HsaMemFlags, as the program gave it */
	uint64_t size;       /* multiple of the page size, not 0 */
	uint64_t align;      /* 0: the renderer's choice, else a power of two up to 1 GiB */
	uint64_t fixed_va;   /* with FixedAddress: inside the window; else 0 */
};
enum vt_mem_attr {
	VT_MEM_OWN_BLOB = 1, /* the blob holds this memory alone: before MEM_FREE the client unmaps
				it (PROT_NONE) */
	VT_MEM_NO_BLOB = 2,  /* nothing to map on the CPU: scratch, or memory without host access */
};
/*
 * The memory is zero. It is mapped to the GPUs of mapped_nodes_mask and stays so until it is freed:
 * mapping it there and unmapping it need no message. MEM_FREE does not tell whether the renderer
 * gave the memory back or keeps it for the next MEM_ALLOC; a blob without VT_MEM_OWN_BLOB lives as
 * long as the connection.
 */
struct vt_mem_alloc_rep {
	uint64_t mem_id;
	uint64_t va; /* inside the window */
	uint64_t mapped_nodes_mask;
	uint32_t attr_bits; /* vt_mem_attr */
	struct vt_blob
	    blob; /* blob_id 0 with VT_MEM_NO_BLOB; the memory is at va - blob.base_va in it */
};

/* MEM_FREE: hsaKmtFreeMemory. Posted: a wrong id is logged by the renderer. */
struct vt_mem_free_req {
	uint64_t mem_id;
};

/*
 * MEM_MAP: hsaKmtMapMemoryToGPUNodes of memory or of a registered user range, for nodes outside
 * mapped_nodes_mask and for scratch (which is mapped piece by piece: offset and size).
 */
struct vt_mem_map_req {
	uint64_t mem_id;
	uint64_t offset, size;   /* multiples of the page size, inside the object */
	uint64_t nodes_mask;     /* not 0 */
	uint32_t map_flags_bits; /* HsaMemMapFlags */
};
struct vt_mem_map_rep {
	uint64_t mapped_nodes_mask; /* now; 0 for scratch, which is never mapped as a whole */
};

/* MEM_UNMAP: hsaKmtUnmapMemoryToGPU; of memory other than scratch it does nothing (see MEM_ALLOC).
 */
struct vt_mem_unmap_req {
	uint64_t mem_id;
	uint64_t offset;
};

/*
 * USER_REGISTER: hsaKmtRegisterMemoryWithFlags for pages that the client owns. The client has put a
 * memfd in their place (sealed against shrinking, F_SEAL_SHRINK); the file comes with the message.
 * The renderer maps it at base_va and to all GPUs. Errors: EEXIST if base_va is not free in the
 * renderer or meets another range of this connection.
 */
struct vt_user_register_req {
	uint64_t base_va; /* page-aligned, outside the window */
	uint64_t size;    /* multiple of the page size */
	uint64_t file_offset;
	uint32_t flags_bits; /* HsaMemFlags */
};
struct vt_user_register_rep {
	uint64_t mem_id;
	uint64_t mapped_nodes_mask;
	uint64_t gpu_va; /* where the GPU has base_va; providers give it an address of its own */
};

/* USER_DEREGISTER: hsaKmtDeregisterMemory. The renderer unmaps the file, and the GPU cannot reach
 * it any more. */
struct vt_user_deregister_req {
	uint64_t mem_id;
};

/* MEMORY_POLICY: hsaKmtSetMemoryPolicy. */
struct vt_memory_policy_req {
	uint32_t node, default_policy, alternate_policy;
	uint64_t alternate_va, alternate_size;
};

/* MEM_AVAILABLE: hsaKmtAvailableMemory: what a GPU's own memory has room for. */
struct vt_mem_available_req {
	uint32_t node;
};
struct vt_mem_available_rep {
	uint64_t bytes;
};

/*
 * MEM_EXPORT: hsaKmtExportDMABufHandle. The file comes with the reply. Error EOPNOTSUPP: the memory
 * shares a blob with other memory of the client, which the file would lay open, too.
 */
struct vt_mem_export_req {
	uint64_t mem_id;
	uint64_t offset, size; /* inside the object */
};
struct vt_mem_export_rep {
	uint64_t file_offset; /* where offset lies in the file */
};

/* --- Queues --- */

/*
 * QUEUE_CREATE: hsaKmtCreateQueue. ring_va..ring_va + ring_size lies in one memory object. For AQL
 * queues the program brings the read and write pointers (8 bytes each, in memory objects), for
 * others the renderer does (0 here).
 */
struct vt_queue_create_req {
	uint32_t node;
	uint32_t type;       /* HSA_QUEUE_TYPE */
	uint32_t percentage; /* 0..100 */
	int32_t priority;    /* HSA_QUEUE_PRIORITY, -3..3 */
	uint64_t ring_va, ring_size;
	uint64_t event_id; /* or 0 */
	uint64_t read_ptr_va, write_ptr_va;
	uint64_t
	    error_reason_va; /* HsaQueueResource.ErrorReason: 8 bytes in a memory object, or 0 */
};
/* A word that both sides reach: at `offset` in a blob that the client maps. blob_id 0: none. */
struct vt_word {
	struct vt_blob blob;
	uint64_t offset;
};
/*
 * The doorbell is a 64-bit word. read_ptr and write_ptr are only there for queues whose pointers
 * the renderer brought. Two words may share one blob; it is new in the first that names it only.
 */
struct vt_queue_create_rep {
	uint64_t queue_id; /* also the HSA_QUEUEID that the program sees */
	struct vt_word doorbell, read_ptr, write_ptr;
};

/* QUEUE_UPDATE: hsaKmtUpdateQueue. */
struct vt_queue_update_req {
	uint64_t queue_id;
	uint32_t percentage; /* 0 stops the queue */
	int32_t priority;
	uint64_t ring_va, ring_size; /* ring_size 0: as it is */
	uint64_t event_id;
};

/* QUEUE_DESTROY: hsaKmtDestroyQueue. */
struct vt_queue_destroy_req {
	uint64_t queue_id;
};

/* QUEUE_CU_MASK: hsaKmtSetQueueCUMask. */
struct vt_queue_cu_mask_req {
	uint64_t queue_id;
	uint32_t num_bits;  /* multiple of 32, not 0 */
	uint32_t num_words; /* num_bits / 32 */
	uint32_t word[VT_MAX_CU_WORDS];
};

/* QUEUE_INFO: hsaKmtGetQueueInfo, without the addresses of the save area, which is the renderer's.
 */
struct vt_queue_info_req {
	uint64_t queue_id;
};
struct vt_queue_info_rep {
	uint32_t detail_error, type_extended;
	uint32_t num_bits, num_words; /* CUs assigned, as in QUEUE_CU_MASK; 0: no information */
	uint32_t word[VT_MAX_CU_WORDS];
};

/* QUEUE_GWS: hsaKmtAllocQueueGWS. */
struct vt_queue_gws_req {
	uint64_t queue_id;
	uint32_t num_gws;
};
struct vt_queue_gws_rep {
	uint32_t first_gws;
};

/* --- Events: see evpage.h --- */

/*
 * EVENT_CREATE: hsaKmtCreateEvent. Manual reset, initial state and SyncVar are the client's own
 * business: the event page tells only that the GPU has signalled.
 */
struct vt_event_create_req {
	uint32_t type; /* HSA_EVENTTYPE */
	uint32_t node;
};
struct vt_event_create_rep {
	uint64_t event_id;    /* of this connection, for EVENT_DESTROY and QUEUE_CREATE */
	uint32_t provider_id; /* HsaEvent.EventId: the GPU puts it into mailboxes and interrupts */
	uint32_t slot;        /* index in the event page */
	uint64_t mailbox_va;  /* HsaEventData.HWData2: the GPU writes provider_id there; the client
				 never does */
	uint32_t trigger;     /* HsaEventData.HWData3 */
	uint32_t sets;        /* the slot's value of `sets` that means "not signalled yet" */
};

/* EVENT_DESTROY. Posted. The slot may be given to another event at once. */
struct vt_event_destroy_req {
	uint64_t event_id;
};

/* --- Modes --- */

struct vt_xnack_get_rep {
	int32_t enabled;
};
struct vt_xnack_set_req {
	int32_t enable;
};

/* TRAP_HANDLER: hsaKmtSetTrapHandler. Both ranges lie in memory objects; the buffer may be 0, 0. */
struct vt_trap_handler_req {
	uint32_t node;
	uint64_t handler_va, handler_size;
	uint64_t buffer_va, buffer_size;
};

/* RUNTIME_ENABLE: hsaKmtRuntimeEnable. The debugger's r_debug stays with the client. */
struct vt_runtime_enable_req {
	uint32_t setup_ttmp; /* 0 or 1 */
};

#endif
