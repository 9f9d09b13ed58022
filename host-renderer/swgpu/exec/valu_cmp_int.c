/*
 * exec/valu_cmp_int.c - integer comparisons.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.9.
 */
#include "host-renderer/swgpu/exec/valu_cmp.h"

VALU_CMP_INT(i16, I16)
VALU_CMP_INT(u16, B16)
VALU_CMP_INT(i32, I32)
VALU_CMP_INT(u32, B32)
VALU_CMP_INT(i64, I64)
VALU_CMP_INT(u64, B64)
