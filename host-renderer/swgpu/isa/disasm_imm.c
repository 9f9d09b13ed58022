/*
 * isa/disasm_imm.c - immediates with a notation of their own: hardware registers, counters,
 * messages, swizzles.
 *
 * Source: LLVM AMDGPU operand syntax, "hwreg", "waitcnt", "msg", "imm4 gpr_idx" and "sw_offset16".
 */
#include "host-renderer/swgpu/isa/disasm_internal.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *const hwregs[] = {
    [1] = "HW_REG_MODE",    [2] = "HW_REG_STATUS",        [3] = "HW_REG_TRAPSTS",
    [4] = "HW_REG_HW_ID",   [5] = "HW_REG_GPR_ALLOC",     [6] = "HW_REG_LDS_ALLOC",
    [7] = "HW_REG_IB_STS",  [15] = "HW_REG_SH_MEM_BASES", [16] = "HW_REG_TBA_LO",
    [17] = "HW_REG_TBA_HI", [18] = "HW_REG_TMA_LO",       [19] = "HW_REG_TMA_HI",
};

void swgpu_text_hwreg(struct swgpu_text *t, unsigned imm)
{
	unsigned id = imm & 0x3f, offset = imm >> 6 & 0x1f, size = (imm >> 11 & 0x1f) + 1;

	swgpu_text_add(t, "hwreg(");
	if (id < LEN(hwregs) && hwregs[id])
		swgpu_text_add(t, "%s", hwregs[id]);
	else
		swgpu_text_add(t, "%u", id);
	if (offset || size != 32)
		swgpu_text_add(t, ", %u, %u", offset, size);
	swgpu_text_add(t, ")");
}

/* Counters at their maximum do not wait and are not shown, unless all are. */
void swgpu_text_waitcnt(struct swgpu_text *t, unsigned imm)
{
	const struct {
		const char *name;
		unsigned value, max;
	} counters[] = {
	    {"vmcnt", (imm & 0xf) | (imm >> 14 & 3) << 4, 63},
	    {"expcnt", imm >> 4 & 7, 7},
	    {"lgkmcnt", imm >> 8 & 0xf, 15},
	};
	bool all = true, first = true;

	for (unsigned i = 0; i < LEN(counters); i++)
		all = all && counters[i].value == counters[i].max;
	for (unsigned i = 0; i < LEN(counters); i++) {
		if (!all && counters[i].value == counters[i].max)
			continue;
		swgpu_text_add(t, "%s%s(%u)", first ? "" : " ", counters[i].name,
			       counters[i].value);
		first = false;
	}
}

static const char *const messages[16] = {
    [1] = "MSG_INTERRUPT",       [2] = "MSG_GS",
    [3] = "MSG_GS_DONE",         [4] = "MSG_SAVEWAVE",
    [5] = "MSG_STALL_WAVE_GEN",  [6] = "MSG_HALT_WAVES",
    [7] = "MSG_ORDERED_PS_DONE", [8] = "MSG_EARLY_PRIM_DEALLOC",
    [9] = "MSG_GS_ALLOC_REQ",    [10] = "MSG_GET_DOORBELL",
    [15] = "MSG_SYSMSG",
};

static const char *const gs_ops[8] = {"GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"};

static const char *const sys_ops[8] = {
    [1] = "SYSMSG_OP_ECC_ERR_INTERRUPT",
    [2] = "SYSMSG_OP_REG_RD",
    [3] = "SYSMSG_OP_HOST_TRAP_ACK",
    [4] = "SYSMSG_OP_TTRACE_PC",
};

/* The name of the message's operation; "" for a message without operations, NULL where op is not
 * one of its own. */
static const char *message_op(unsigned id, unsigned op, unsigned stream)
{
	if (id == 15)
		return stream ? NULL : sys_ops[op];
	if (id == 2 || id == 3) {
		bool nop = op == 0;

		return (nop && (id == 2 || stream)) ? NULL : gs_ops[op];
	}
	return op || stream ? NULL : "";
}

void swgpu_text_sendmsg(struct swgpu_text *t, unsigned imm)
{
	unsigned id = imm & 0xf, op = imm >> 4 & 7, stream = imm >> 8 & 3;
	const char *op_name = message_op(id, op, stream);

	if (!messages[id] || !op_name) {
		/* Numbers only where they say all that imm holds. */
		bool whole = imm == (id | op << 4 | stream << 8);

		swgpu_text_add(t, whole ? "sendmsg(%u, %u, %u)" : "%u", whole ? id : imm, op,
			       stream);
		return;
	}
	swgpu_text_add(t, "sendmsg(%s", messages[id]);
	if (*op_name)
		swgpu_text_add(t, ", %s", op_name);
	if ((id == 2 || id == 3) && op)
		swgpu_text_add(t, ", %u", stream);
	swgpu_text_add(t, ")");
}

void swgpu_text_gpr_idx(struct swgpu_text *t, unsigned imm)
{
	static const char *const bits[] = {"SRC0", "SRC1", "SRC2", "DST"};
	bool first = true;

	if (imm >> LEN(bits)) {
		swgpu_text_add(t, "0x%x", imm);
		return;
	}
	swgpu_text_add(t, "gpr_idx(");
	for (unsigned i = 0; i < LEN(bits); i++) {
		if (!(imm >> i & 1))
			continue;
		swgpu_text_add(t, "%s%s", first ? "" : ",", bits[i]);
		first = false;
	}
	swgpu_text_add(t, ")");
}

static bool one_bit(unsigned n)
{
	return n && !(n & (n - 1));
}

/* For each bit of a lane number: forced to 0 or 1, kept (p) or inverted (i). */
static void swizzle_bits(struct swgpu_text *t, unsigned and, unsigned or, unsigned xor)
{
	unsigned of_0 = or ^xor, of_1 = (and | or) ^ xor;

	swgpu_text_add(t, "swizzle(BITMASK_PERM,\"");
	for (unsigned bit = 1u << 4; bit; bit >>= 1) {
		if (!(of_0 & bit) == !(of_1 & bit))
			swgpu_text_add(t, "%c", of_0 & bit ? '1' : '0');
		else
			swgpu_text_add(t, "%c", of_0 & bit ? 'i' : 'p');
	}
	swgpu_text_add(t, "\")");
}

void swgpu_text_swizzle(struct swgpu_text *t, unsigned imm)
{
	unsigned and = imm & 0x1f, or = imm >> 5 & 0x1f, xor = imm >> 10 & 0x1f, group = 32 - and;

	if (!imm)
		return;
	swgpu_text_add(t, " offset:");
	if ((imm & 0xff00) == 0x8000)
		swgpu_text_add(t, "swizzle(QUAD_PERM,%u,%u,%u,%u)", imm & 3, imm >> 2 & 3,
			       imm >> 4 & 3, imm >> 6 & 3);
	else if (imm & 0x8000)
		swgpu_text_add(t, "%u", imm);
	else if (and == 0x1f && ! or &&one_bit(xor))
		swgpu_text_add(t, "swizzle(SWAP,%u)", xor);
	else if (and == 0x1f && ! or &&xor&&one_bit(xor+1))
		swgpu_text_add(t, "swizzle(REVERSE,%u)", xor+1);
	else if (group > 1 && one_bit(group) && or < group && !xor)
		swgpu_text_add(t, "swizzle(BROADCAST,%u,%u)", group, or);
	else
		swizzle_bits(t, and, or, xor);
}
