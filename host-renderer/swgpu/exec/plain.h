/*
 * exec/plain.h - marks the instructions that need nothing but their rows.
 */
#ifndef SWGPU_EXEC_PLAIN_H
#define SWGPU_EXEC_PLAIN_H

#include "host-renderer/swgpu/isa/uop.h"

/*
 * Sets SWGPU_UOP_PLAIN where a vector ALU instruction's sources are whole registers or 32-bit
 * scalars without any modifier, and its result is a whole register's: with all lanes running, the
 * vector functions then go straight to the rows. An instruction without the mark is executed just
 * as well, only slower.
 */
void swgpu_uop_mark(struct swgpu_uop *u);

#endif
