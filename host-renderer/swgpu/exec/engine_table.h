/*
 * exec/engine_table.h - the function of each operation, for each way that the vector sources are
 * compiled.
 */
#ifndef SWGPU_EXEC_ENGINE_TABLE_H
#define SWGPU_EXEC_ENGINE_TABLE_H

#include "host-renderer/swgpu/exec/wave.h"

extern swgpu_exec_fn *const swgpu_engine_fn_avx512[SWGPU_OP_COUNT];
extern swgpu_exec_fn *const swgpu_engine_fn_avx2[SWGPU_OP_COUNT];
extern swgpu_exec_fn *const swgpu_engine_fn_generic[SWGPU_OP_COUNT];

#endif
