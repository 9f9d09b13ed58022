/* The structures as this project's headers declare them, against the numbers of abi_layout.def.
 * Compiled for each of the two layouts. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/abi/thunk.h"
#include "tests/support/vt_test.h"

#ifdef VT_THUNK_7
#define PICK(six, seven) (seven)
#else
#define PICK(six, seven) (six)
#endif

static const struct {
	const char *what;
	size_t have, want;
} numbers[] = {
#define VT_SIZE(type, six, seven) {"size of " #type, sizeof(type), PICK(six, seven)},
#define VT_MEMBER(type, member, six, seven) \
	{#type "." #member, offsetof(type, member), PICK(six, seven)},
#ifdef VT_THUNK_7
#define VT_MEMBER_7(type, member, seven) {#type "." #member, offsetof(type, member), seven},
#else
#define VT_MEMBER_7(type, member, seven)
#endif
#include "tests/unit/abi_layout.def"
#undef VT_SIZE
#undef VT_MEMBER
#undef VT_MEMBER_7
};

VT_TEST(abi, layouts)
{
	for (size_t i = 0; i < VT_ARRAY_LEN(numbers); i++)
		VT_ASSERT_MSG(numbers[i].have == numbers[i].want, "%s is %zu, not %zu",
			      numbers[i].what, numbers[i].have, numbers[i].want);
	VT_ASSERT(VT_ARRAY_LEN(numbers) > 150);
}

/* What 5.2 has no names for is where 6.2.4 and 7 have it. */
VT_TEST(abi, late_members)
{
	const struct vt_abi_late late = {0x01020304, 0x11121314, 0x21222324, 0x31};
	HsaNodeProperties props;
	const uint8_t *bytes = (const uint8_t *)&props;
	uint32_t word[3];

	memset(&props, 0, sizeof(props));
	vt_abi_put_late(&props, &late);
	memcpy(word, bytes + PICK(344, 356), sizeof(word));
	VT_ASSERT_EQ(word[0], late.num_xcc);
	VT_ASSERT_EQ(word[1], late.kfd_gpu_id);
	VT_ASSERT_EQ(word[2], late.family_id);
	VT_ASSERT_EQ(bytes[PICK(323, 335)], late.integrated);
}
