# Candidate machine words for one instruction table; called by make.sh with -F, -v enc=<table>.
# Fields are added, not or-ed: each is used once, so no two overlap.

function hex(s,    i, n)
{
	n = 0
	for (i = 3; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
	return n
}

function bytes(w)
{
	return sprintf("0x%02x,0x%02x,0x%02x,0x%02x", w % 256, int(w / 256) % 256, int(w / 65536) % 256,
		       int(w / 16777216) % 256)
}

function one(w)
{
	print "[" bytes(w) "]"
}

function two(w, x)
{
	print "[" bytes(w) "," bytes(x) "]"
}

# Scalar sources: s8, -5, 64, 0.5, 1/(2 pi), vcc, and a literal.
function sop1(op,    w)
{
	w = hex("0xbe800000") + op * 256
	one(w + 8)
	one(w + 4 * 65536)
	one(w + 4 * 65536 + 8)
	one(w + 106 * 65536 + 126)
	if ($4 ~ /R(32|64)$/)
		return # registers only
	one(w + 4 * 65536 + 197)
	one(w + 124 * 65536 + 248)
	two(w + 100 * 65536 + 255, hex("0x12345678"))
}

function sop2(op,    w)
{
	w = hex("0x80000000") + op * 8388608
	one(w + 4 * 65536 + 6 * 256 + 8)
	one(w + 106 * 65536 + 126 * 256 + 192)
	one(w + 108 * 65536 + 240 * 256 + 112)
	two(w + 102 * 65536 + 2 * 256 + 255, hex("0xfedcba98"))
}

function sopc(op,    w)
{
	w = hex("0xbf000000") + op * 65536
	one(w + 6 * 256 + 8)
	one(w + 9 * 256 + 106)
	one(w + 124 * 256 + 197)
	two(w + 255 * 256 + 4, 4097)
}

function sopk(op,    w)
{
	w = hex("0xb0000000") + op * 8388608
	one(w + 4 * 65536 + hex("0x1234"))
	one(w + 106 * 65536 + hex("0xfffe"))
	one(w + 100 * 65536 + hex("0x7c0f"))
	two(w + hex("0x1901"), 240)
}

function sopp(op,    w)
{
	w = hex("0xbf800000") + op * 65536
	one(w)
	one(w + 1)
	one(w + 9)
	one(w + hex("0x0122"))
	one(w + hex("0x0f70"))
	one(w + hex("0xfffd"))
}

function smem(op,    w)
{
	w = hex("0xc0000000") + op * 262144
	two(w, 0)
	two(w + 16 * 64, 0)
	two(w + 131072 + 16 * 64 + 4, 16)
	two(w + 131072 + 65536 + 32 * 64 + 6, hex("0x1ffff0"))
	two(w + 16 * 64 + 4, 11)
	two(w + 131072 + 16384 + 16 * 64 + 4, hex("0x12345") + 124 * 33554432)
}

# Whether a modifier means anything: neg and abs want float sources, omod a float result, clamp a result that can be
# out of range, sext an integer. The decoder refuses the others, though LLVM does not.
function is_float(i)
{
	return sources[i] == "" || sources[i] ~ /^(V2)?F|MIX/
}

function floats()
{
	return is_float(1) && is_float(2) && sources[1] != ""
}

function clamps()
{
	return $5 ~ /CLAMP/ || sources[1] ~ /^(V2)?F|MIX/
}

# What VOP1, VOP2 and VOPC share: w has the opcode and vsrc1, d the destination's unit (0 in VOPC), w3 the VOP3 word.
function vop_short(w, d, w3)
{
	if ($4 == "X")
		one(w)
	one(w + d + 258)
	one(w + d + 8)
	one(w + 255 * d + 193)
	one(w + d + 242)
	two(w + d + 255, sources[1] ~ /16/ ? hex("0xabcd") : hex("0x1234abcd"))
	# SDWA: bytes and words, sign or modifiers, scalar registers; dst_sel where there is one, else sdst.
	two(w + d + 249, hex("0x06060600") + 3)
	two(w + d + 249, hex("0x04051100") + 3)
	if (floats())
		two(w + d + 249, hex("0x16212600") + 5)
	else
		two(w + d + 249, hex("0x030a0100") + 5)
	two(w + d + 249, hex("0x06860600") + 9)
	two(w + d + 249, hex("0x05008a00") + 7)
	# DPP: quad_perm, row_shr, wave_shl, row_bcast.
	two(w + d + 250, hex("0xff001b00") + 3)
	two(w + d + 250, hex("0xff091100") + 3)
	if (floats())
		two(w + d + 250, hex("0xa0513000") + 3)
	two(w + d + 250, hex("0xa5014300") + 3)
	vop3_two(w3)
}

function vop3_two(w)
{
	two(w + 4, 257 + 259 * 512)
	two(w + 4, 257)
	two(w, 0)
	two(w + 6, 262 + 193 * 512 + 10 * 262144)
	if (clamps())
		two(w + 6 + 32768, 262 + 193 * 512)
	if (!floats())
		return
	two(w + 4 + 256, 8 + 259 * 512 + hex("0x40000000"))
	if (has_dst && $4 ~ /^(V2)?F/) {
		two(w + 4 + 32768, 242 + 259 * 512 + hex("0x28000000"))
		two(w + 4, 259 + hex("0x30000000"))
	}
}

function vop3(op,    w)
{
	w = hex("0xd0000000") + op * 65536
	vop3_two(w)
	two(w + 4, 257 + 259 * 512 + 261 * 262144)
	two(w + 16, 257 + 259 * 512 + 261 * 262144)
	two(w + 4 + 106 * 256, 260 + 12 * 512 + 262 * 262144)
	two(w + 4 + 2048 * 9, 257 + 259 * 512)
	two(w + 4 + 2048 * 3, 257 + 259 * 512)
	two(w + 4 + 2048 * 12, 257 + 259 * 512 + 197 * 262144)
	if (clamps())
		two(w + 8 + 32768, 258 + 260 * 512 + 262 * 262144)
	if (!floats() || !is_float(3))
		return
	two(w + 4 + 512, 197 + 259 * 512 + 261 * 262144 + hex("0x80000000"))
	two(w + 4 + 256 * (1 + 8 * 5), 261 + 262 * 512 + 242 * 262144 + hex("0x60000000"))
	two(w + 4 + 256 * 4, 257 + 259 * 512 + 261 * 262144 + hex("0x18000000"))
}

# With two sources and with three; LLVM sets the third op_sel_hi even where there are two.
function vop3p(op,    w, s)
{
	w = hex("0xd3800000") + op * 65536 + 4
	for (s = 0; s <= 261 * 262144; s += 261 * 262144) {
		two(w + 16384, 257 + 259 * 512 + s + hex("0x18000000"))
		if (clamps())
			two(w + 32768 + 16384, 257 + 193 * 512 + s + hex("0x08000000"))
		two(w + 16384, 257 + 193 * 512 + s + hex("0x08000000"))
		two(w + 2048 + 16384, 242 + 259 * 512 + s + hex("0x10000000"))
		two(w + 2048, 242 + 259 * 512 + s + hex("0x10000000"))
		two(w, 257 + 259 * 512 + s)
		if (floats()) {
			two(w + 4096 + 512 + 16384, 9 + 259 * 512 + s + hex("0x38000000"))
			two(w + 2048 + 256 + 32768, 257 + 259 * 512 + s + hex("0x08000000"))
		}
	}
}

function ds(op,    w)
{
	w = hex("0xd8000000") + op * 131072
	two(w, 0)
	ds_fields(w, 0)
	ds_fields(w + 4, 0)
	ds_fields(w + hex("0x0a05"), 1)
	ds_fields(w + 65536, 0)
	two(w + hex("0x80e4"), 3 + 10 * 16777216)
	two(w + hex("0x401f"), 3 + 10 * 16777216)
}

# Operands as far as the operation has them: a result, an address, data, second data.
function ds_fields(w, high,    dst, a)
{
	dst = has_dst ? 16777216 * (high ? 240 : 10) : 0
	a = sources[1] != "X" ? (high ? 250 : 3) : 0
	two(w, dst + a + (sources[2] ? 256 * 4 : 0) + (sources[3] ? 65536 * 8 : 0))
}

# seg: the segment's bits; saddr: 127 is off.
function flat(op, seg, saddr,    w, dst, data)
{
	w = hex("0xdc000000") + op * 262144 + seg * 16384
	data = sources[2] ? 256 * 4 : 0
	dst = has_dst ? 16777216 * 10 : 0
	if ($5 ~ /ATOMIC/) {
		two(w + 65536 + 8, 2 + data + dst + saddr * 65536)
		dst = 0
	}
	two(w, 2 + data + dst + saddr * 65536)
	two(w + 4 + 131072, 2 + data + dst + saddr * 65536)
	if (seg)
		two(w + 8184, (seg == 1 ? 0 : 2) + data + dst + 6 * 65536)
	else
		two(w + 4095, 254 + data + dst)
}

function mubuf(op,    w)
{
	w = hex("0xe0000000") + op * 262144
	two(w, 0)
	two(w, 5 * 256 + 2 * 65536 + 128 * 16777216)
	two(w + 16 + 4096, 3 + 5 * 256 + 2 * 65536 + 33 * 16777216)
	two(w + 4095 + 8192 + 16384, 3 + 5 * 256 + 20 * 65536 + 124 * 16777216)
	two(w + 4096 + 8192 + 131072, 3 + 5 * 256 + 2 * 65536 + 193 * 16777216)
	two(w + 65536 + 8, 2 * 65536 + 9 * 16777216)
}

# Global wave sync: gds is always there; an operand where others have an address.
function gws(w)
{
	two(w + 65536, sources[2] ? 3 : 0)
	two(w + 65536 + 5, sources[2] ? 250 : 0)
	two(w + 65536 + 63, sources[2] ? 7 : 0)
}

# Masks of components; d16 and da where they mean something.
function mimg(op,    w, s, sampler)
{
	w = hex("0xf0000000") + op * 262144
	sampler = $5 ~ /SAMPLER/ ? 4 * 2097152 : 0
	s = 5 * 256 + 2 * 65536 + 200 + sampler
	if ($5 ~ /ATOMIC/) {
		two(w + 4096 + 256, s)
		two(w + 4096 + 256 + 8192 + 16384, s)
		two(w + 4096 + 3 * 256 + 8192, s)
		two(w + 4096 + 3 * 256, s)
		two(w + 4096 + 15 * 256 + 8192 + 33554432, s)
		return
	}
	two(w + 256, s)
	two(w + 4096 + 2 * 256, s)
	two(w + 4096 + 8 * 256 + 8192 + 33554432, s)
	two(w + 15 * 256, s)
	two(w + 4096 + 15 * 256 + 16384, s)
	two(w + 4096 + 5 * 256 + 16384, s)
	two(w + 4096 + 15 * 256, s + hex("0x80000000"))
	two(w + 7 * 256 + 16384, s + hex("0x80000000"))
	two(w + 4096 + 4 * 256, s + hex("0x80000000"))
}

/^SWGPU_OP/ {
	gsub(/ /, "")
	op = hex($3)
	split("", sources)
	n = split($4, part, "_")
	has_dst = part[1] != "X"
	for (i = 2; i <= n; i++)
		sources[i - 1] = part[i]
	if (enc == "sop1") sop1(op)
	else if (enc == "sop2") sop2(op)
	else if (enc == "sopk") sopk(op)
	else if (enc == "sopc") sopc(op)
	else if (enc == "sopp") sopp(op)
	else if (enc == "smem") smem(op)
	else if (enc == "vop1") vop_short(hex("0x7e000000") + op * 512, 131072, hex("0xd0000000") + (op + 320) * 65536)
	else if (enc == "vop2") vop_short(op * 33554432 + 4 * 512, 131072, hex("0xd0000000") + (op + 256) * 65536)
	else if (enc == "vopc") vop_short(hex("0x7c000000") + op * 131072 + 4 * 512, 0, hex("0xd0000000") + op * 65536)
	else if (enc == "vop3") vop3(op)
	else if (enc == "vop3p") vop3p(op)
	else if (enc == "ds" && $5 ~ /GWS/) gws(hex("0xd8000000") + op * 131072)
	else if (enc == "ds") ds(op)
	else if (enc == "flat") flat(op, 0, 0)
	else if (enc == "scratch") flat(op, 1, 127)
	else if (enc == "global") flat(op, 2, 127)
	else if (enc == "mubuf") mubuf(op)
	else if (enc == "mimg") mimg(op)
}
