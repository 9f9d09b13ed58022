/* The functions of one lane build, by operation. */
#include "host-renderer/swgpu/exec/engine_table.h"
#include "host-renderer/swgpu/exec/lanes.h"

/* clang-format off */
swgpu_exec_fn *const SWGPU_CAT(swgpu_engine_fn_, SWGPU_LANE_BUILD)[SWGPU_OP_COUNT] = {
#define SWGPU_OP(NAME, name, ...) [SWGPU_OP_##NAME] = swgpu_scalar_##name,
#include "host-renderer/swgpu/isa/sop1.def"
#include "host-renderer/swgpu/isa/sop2.def"
#include "host-renderer/swgpu/isa/sopc.def"
#include "host-renderer/swgpu/isa/sopk.def"
#include "host-renderer/swgpu/isa/sopp.def"
#include "host-renderer/swgpu/isa/smem.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, ...) [SWGPU_OP_##NAME] = SWGPU_CAT(swgpu_exec_##name##_, SWGPU_LANE_BUILD),
#include "host-renderer/swgpu/isa/vop1.def"
#include "host-renderer/swgpu/isa/vop2.def"
#include "host-renderer/swgpu/isa/vop3.def"
#include "host-renderer/swgpu/isa/vop3p.def"
#include "host-renderer/swgpu/isa/vopc.def"
#include "host-renderer/swgpu/isa/ds.def"
#include "host-renderer/swgpu/isa/flat.def"
#include "host-renderer/swgpu/isa/global.def"
#include "host-renderer/swgpu/isa/scratch.def"
#include "host-renderer/swgpu/isa/mubuf.def"
#include "host-renderer/swgpu/isa/mimg.def"
#undef SWGPU_OP
};
