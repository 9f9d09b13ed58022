/*
 * proto/wire/codec.h - plain structs of msg.h to and from protobuf bodies.
 *
 * codec*.c are the only files that see protobuf-c. What unpacks here is bounded: every array fits
 * its struct, every string is terminated, every enum is known, every bool is 0 or 1. Nothing is
 * allocated: unpacking uses the caller's arena, and the result holds no pointer into it.
 */
#ifndef VT_WIRE_CODEC_H
#define VT_WIRE_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "proto/base/arena.h"
#include "proto/wire/op.h"

enum vt_direction {
	VT_REQUEST,
	VT_REPLY,
};

/* sizeof of the struct of msg.h for this operation and direction; 0 where the message is empty or
 * op is unknown. */
size_t vt_codec_msg_size(unsigned op, enum vt_direction dir);

/*
 * Packs *msg (the struct for op and dir; NULL if the message is empty) into body, which has room
 * for VT_MAX_BODY bytes. Returns the length, at most the maximum in op.def, or -EINVAL if a count
 * in msg is beyond its array or op is unknown. Any thread.
 */
int vt_codec_pack(unsigned op, enum vt_direction dir, const void *msg, uint8_t *body);

/*
 * Unpacks len bytes into *msg, which is overwritten as a whole (padding too) on success and
 * undefined on failure. Resets the arena first. Returns 0 or -EBADMSG. Any thread, one arena each.
 */
int vt_codec_unpack(unsigned op, enum vt_direction dir, const uint8_t *body, size_t len, void *msg,
		    struct vt_arena *arena);

#endif
