/*
 * isa/decode.c - which encoding a word is, and the frame around the functions that decode each.
 */
#include "host-renderer/swgpu/isa/decode.h"

#include <string.h>

#include "host-renderer/swgpu/isa/decode_internal.h"

typedef bool decode_fn(struct swgpu_dec *d);

bool swgpu_dec_begin(struct swgpu_dec *d, enum swgpu_slots slots, unsigned opcode)
{
	if (d->nwords < d->len)
		return false;
	d->u->op = swgpu_slots_find(slots, opcode, d->gfx);
	d->u->size = (uint8_t)(4 * d->len);
	d->info = swgpu_op_info(d->u->op);
	d->type = swgpu_type_info(d->info->type);
	return d->u->op != SWGPU_OP_INVALID;
}

/* Words with the top bits 10: the scalar encodings, told apart by ever longer prefixes. */
static decode_fn *scalar_encoding(uint32_t word)
{
	switch (word >> 23) {
	case 0x17d: return swgpu_dec_sop1;
	case 0x17e: return swgpu_dec_sopc;
	case 0x17f: return swgpu_dec_sopp;
	default: return word >> 28 == 0xb ? swgpu_dec_sopk : swgpu_dec_sop2;
	}
}

/* Words with the top bits 11: 64-bit encodings with a prefix of six bits. */
static decode_fn *long_encoding(uint32_t word)
{
	switch (word >> 26) {
	case 0x30: return swgpu_dec_smem;
	case 0x34: return swgpu_dec_vop3;
	case 0x36: return swgpu_dec_ds;
	case 0x37: return swgpu_dec_flat;
	case 0x38: return swgpu_dec_mubuf;
	case 0x3c: return swgpu_dec_mimg;
	default: return NULL; /* VINTRP, MTBUF, EXP: graphics */
	}
}

static decode_fn *encoding(uint32_t word)
{
	if (word >> 30 == 3)
		return long_encoding(word);
	if (word >> 30 == 2)
		return scalar_encoding(word);
	switch (word >> 25) {
	case 0x3f: return swgpu_dec_vop1;
	case 0x3e: return swgpu_dec_vopc;
	default: return swgpu_dec_vop2;
	}
}

void swgpu_decode(const uint32_t *words, size_t nwords, enum swgpu_gfx gfx, struct swgpu_uop *out)
{
	struct swgpu_dec d = {.words = words, .nwords = nwords, .gfx = gfx, .len = 1, .u = out};
	decode_fn *decode = nwords ? encoding(words[0]) : NULL;

	memset(out, 0, sizeof(*out));
	if (decode && decode(&d))
		return;
	memset(out, 0, sizeof(*out));
	out->size = nwords ? 4 : 0;
}

static unsigned vgpr_end(const struct swgpu_opnd *o)
{
	return o->kind == SWGPU_OPND_VGPR ? o->reg + o->words : 0u;
}

unsigned swgpu_uop_vgprs(const struct swgpu_uop *u)
{
	unsigned end = vgpr_end(&u->dst);

	for (unsigned i = 0; i < 4; i++)
		if (vgpr_end(&u->src[i]) > end)
			end = vgpr_end(&u->src[i]);
	return end;
}
