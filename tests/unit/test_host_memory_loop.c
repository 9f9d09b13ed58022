/* Memory over the whole way: client, socket, ring, worker, provider. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/client.h"
#include "tests/support/vt_test.h"

#define HOST 0x20040u /* HsaMemFlags: host access, uncached */
#define VRAM 0x20c1u  /* non-paged, host access, no substitute, coarse grain */
#define MIB  (1ull << 20)

static struct test_client client, other;

static void begin(struct test_renderer *r, const char *const *more)
{
	test_renderer_start(r, more);
	test_client_open(&client, r);
	test_client_window(&client);
}

static void end(struct test_renderer *r)
{
	test_client_close(&client);
	VT_ASSERT(test_renderer_workers(r, 0));
	VT_ASSERT_EQ(test_renderer_stop(r), 0);
}

static uint8_t *bytes(uint64_t va)
{
	return (uint8_t *)(uintptr_t)va;
}

VT_TEST(memory, small_ones_share_a_blob_and_come_back_zero)
{
	struct test_renderer r;
	struct vt_mem_alloc_rep a, b, again;
	struct vt_mem_free_req free_a;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 4096, &a), 0);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 65536, &b), 0);
	VT_ASSERT(a.blob.is_new && !b.blob.is_new && a.blob.blob_id == b.blob.blob_id);
	VT_ASSERT_EQ(a.attr_bits, 0);
	VT_ASSERT_EQ(a.mapped_nodes_mask, 2);
	VT_ASSERT(a.va >= client.window_va &&
		  b.va + 65536 <= client.window_va + client.window_size);
	VT_ASSERT_EQ(bytes(a.va)[0] | bytes(b.va)[65535], 0);
	memset(bytes(a.va), 0xaa, 4096);
	memset(bytes(b.va), 0xbb, 65536);
	free_a.mem_id = a.mem_id;
	test_post(&client, VT_OP_MEM_FREE, &free_a);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 4096, &again), 0);
	VT_ASSERT_EQ(again.va, a.va);
	VT_ASSERT(again.mem_id != a.mem_id);
	for (unsigned i = 0; i < 4096; i++)
		VT_ASSERT_EQ(bytes(a.va)[i], 0);
	VT_ASSERT_EQ(bytes(b.va)[0], 0xbb);
	end(&r);
}

VT_TEST(memory, large_and_fixed_ones_are_alone)
{
	struct test_renderer r;
	struct vt_mem_alloc_rep a, fixed;
	struct vt_mem_alloc_req req = {.node = 1, .flags_bits = VRAM | 1u << 15, .size = 8192};

	begin(&r, NULL);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 16 * MIB, &a), 0);
	VT_ASSERT_EQ(a.attr_bits, VT_MEM_OWN_BLOB);
	VT_ASSERT_EQ(a.va % (2 * MIB), 0);
	VT_ASSERT_EQ(a.blob.base_va, a.va);
	bytes(a.va)[16 * MIB - 1] = 1;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_ALLOC, &req, &fixed, -1), -EINVAL);
	req.fixed_va = a.va;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_ALLOC, &req, &fixed, -1), -EEXIST);
	req.fixed_va = client.window_va + 64 * MIB;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_ALLOC, &req, &fixed, -1), 0);
	VT_ASSERT_EQ(fixed.va, req.fixed_va);
	close(client.fds[0]);
	req.fixed_va = client.window_va + client.window_size;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_ALLOC, &req, &fixed, -1), -EEXIST);
	end(&r);
}

VT_TEST(memory, scratch_is_mapped_by_pieces)
{
	struct test_renderer r;
	struct vt_mem_alloc_rep a;
	struct vt_mem_map_rep map;
	struct vt_mem_map_req req = {.offset = 65536, .size = 65536, .nodes_mask = 2};
	struct vt_mem_unmap_req unmap = {.offset = 65536};

	begin(&r, NULL);
	VT_ASSERT_EQ(test_alloc(&client, 1, 0x240, 256 * MIB, &a), 0);
	VT_ASSERT_EQ(a.attr_bits, VT_MEM_NO_BLOB);
	VT_ASSERT_EQ(a.mapped_nodes_mask, 0);
	req.mem_id = unmap.mem_id = a.mem_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &req, &map, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &req, &map, -1), -EEXIST);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_UNMAP, &unmap, NULL, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_UNMAP, &unmap, NULL, -1), -ESRCH);
	req.offset = 256 * MIB;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &req, &map, -1), -EINVAL);
	end(&r);
}

VT_TEST_ROWS(memory, refused, 11)
{
	static const struct {
		struct vt_mem_alloc_req req;
		int err;
	} rows[11] = {
	    {{.node = 2, .flags_bits = HOST, .size = 4096}, -ENODEV},
	    {{.node = UINT32_MAX, .flags_bits = HOST, .size = 4096}, -ENODEV},
	    {{.flags_bits = HOST, .size = 0}, -EINVAL},
	    {{.flags_bits = HOST, .size = 4097}, -EINVAL},
	    {{.flags_bits = HOST, .size = UINT64_MAX & ~4095ull}, -EINVAL},
	    {{.flags_bits = HOST, .size = VT_WINDOW_MAX}, -ENOSPC},
	    {{.flags_bits = HOST, .size = 4096, .align = 3}, -EINVAL},
	    {{.flags_bits = HOST, .size = 4096, .align = 1ull << 40}, -EINVAL},
	    {{.flags_bits = HOST | 1u << 19, .size = 4096}, -EOPNOTSUPP},
	    {{.flags_bits = HOST | 1u << 31, .size = 4096}, -EOPNOTSUPP},
	    {{.flags_bits = 0x240, .size = 4096}, -ENODEV},
	};
	struct test_renderer r;
	struct vt_mem_alloc_rep rep;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_ALLOC, &rows[row].req, &rep, -1), rows[row].err);
	end(&r);
}

VT_TEST(memory, limit)
{
	static const char *const more[] = {"--memory", "8M", NULL};
	struct test_renderer r;
	struct vt_mem_alloc_rep rep;
	struct vt_mem_free_req req;

	begin(&r, more);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 9 * MIB, &rep), -ENOMEM);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 8 * MIB, &rep), 0);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 4096, &rep), -ENOMEM);
	req.mem_id = rep.mem_id;
	test_post(&client, VT_OP_MEM_FREE, &req);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 4096, &rep), 0);
	end(&r);
}

VT_TEST(memory, wrong_ids)
{
	struct test_renderer r;
	struct vt_mem_alloc_rep a;
	struct vt_mem_map_req map = {.size = 4096, .nodes_mask = 2};
	struct vt_mem_map_rep mapped;
	struct vt_user_deregister_req dereg;
	struct vt_mem_free_req req;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 4096, &a), 0);
	map.mem_id = a.mem_id ^ 1ull << 40;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &map, &mapped, -1), -ENOENT);
	map.mem_id = a.mem_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &map, &mapped, -1), 0);
	map.nodes_mask = 1;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &map, &mapped, -1), -ENODEV);
	dereg.mem_id = a.mem_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_DEREGISTER, &dereg, NULL, -1), -ESRCH);
	req.mem_id = a.mem_id;
	test_post(&client, VT_OP_MEM_FREE, &req);
	test_post(&client, VT_OP_MEM_FREE, &req); /* twice: logged, and the connection lives */
	map.nodes_mask = 2;
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &map, &mapped, -1), -ENOENT);
	end(&r);
}

static int make_file(uint64_t size, unsigned seals)
{
	int fd = memfd_create("user", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	VT_ASSERT(fd >= 0);
	VT_ASSERT_EQ(ftruncate(fd, (off_t)size), 0);
	if (seals)
		VT_ASSERT_EQ(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

VT_TEST(user, pages_are_shared_at_their_address)
{
	struct test_renderer r;
	int fd = make_file(8192, F_SEAL_SHRINK);
	uint8_t *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct vt_user_register_req req = {.base_va = (uintptr_t)at, .size = 8192};
	struct vt_user_register_rep rep;
	struct vt_user_deregister_req dereg;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), 0);
	VT_ASSERT_EQ(rep.mapped_nodes_mask, 2);
	VT_ASSERT_EQ(memcmp(at + 8188, "GPU!", 4), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), -EEXIST);
	dereg.mem_id = rep.mem_id;
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_DEREGISTER, &dereg, NULL, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_DEREGISTER, &dereg, NULL, -1), -ESRCH);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), 0);
	end(&r);
	munmap(at, 8192);
	close(fd);
}

VT_TEST_ROWS(user, refused, 11)
{
	static const struct {
		uint64_t base_va, size, offset;
		int err;
	} rows[11] = {
	    {0x7e0000000000, 0, 0, -EINVAL},
	    {0x7e0000000000, 4097, 0, -EINVAL},
	    {0x7e0000000010, 4096, 0, -EINVAL},
	    {0x7e0000000000, 8192, 0, -EINVAL}, /* beyond the file */
	    {0x7e0000000000, 4096, 4096, -EINVAL},
	    {0x7e0000000000, 4096, UINT64_MAX & ~4095ull, -EINVAL},
	    {0, 4096, 0, -EINVAL},
	    {4096, 4096, 0, -EINVAL},
	    {0x7ffffffff000, 8192, 0, -EINVAL},
	    {0xffffffff80000000, 4096, 0, -EINVAL},
	    {0x7e0000000000, UINT64_MAX & ~4095ull, 0, -EINVAL},
	};
	struct test_renderer r;
	int fd = make_file(4096, F_SEAL_SHRINK);
	struct vt_user_register_req req = {
	    .base_va = rows[row].base_va, .size = rows[row].size, .file_offset = rows[row].offset};
	struct vt_user_register_rep rep;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), rows[row].err);
	req = (struct vt_user_register_req){.base_va = client.window_va, .size = 4096};
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), -EINVAL);
	end(&r);
	close(fd);
}

/* Files that are not what they should be: none may be mapped, all must be closed. */
VT_TEST_ROWS(user, wrong_files, 7)
{
	struct test_renderer r;
	struct vt_user_register_req req = {.base_va = 0x7e0000000000, .size = 4096};
	struct vt_user_register_rep rep;
	int pipes[2], good = make_file(4096, F_SEAL_SHRINK), fd = -1;
	char path[64];

	VT_ASSERT_EQ(pipe2(pipes, O_CLOEXEC), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", good);
	switch (row) {
	case 0: fd = make_file(4096, 0); break;
	case 1: fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC); break;
	case 2: fd = open("/dev/zero", O_RDWR | O_CLOEXEC); break;
	case 3: fd = dup(pipes[0]); break;
	case 4: fd = open(path, O_RDONLY | O_CLOEXEC); break;
	case 5: fd = open(path, O_PATH | O_CLOEXEC); break;
	default: fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); break;
	}
	VT_ASSERT(fd >= 0);
	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, fd), -EINVAL);
	end(&r);
	close(fd);
	close(good);
	close(pipes[0]);
	close(pipes[1]);
}

VT_TEST(memory, clients_do_not_see_each_other)
{
	struct test_renderer r;
	struct vt_mem_alloc_rep a, b;
	struct vt_mem_map_req map = {.size = 4096, .nodes_mask = 2};
	struct vt_mem_map_rep mapped;

	begin(&r, NULL);
	test_client_open(&other, &r);
	VT_ASSERT(other.welcome.context_id != client.welcome.context_id);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 4096, &a), 0);
	memset(bytes(a.va), 0x55, 4096);
	map.mem_id = a.mem_id;
	VT_ASSERT_EQ(test_call(&other, VT_OP_MEM_MAP, &map, &mapped, -1), -ENOENT);
	test_client_window(&other);
	VT_ASSERT_EQ(test_alloc(&other, 0, HOST, 4096, &b), 0);
	VT_ASSERT_EQ(bytes(b.va)[0], 0);
	test_client_close(&other);
	VT_ASSERT_EQ(bytes(a.va)[0], 0x55);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_MAP, &map, &mapped, -1), 0);
	end(&r);
}

/* --- what is left, and files for the program --- */

static uint64_t available(uint32_t node)
{
	struct vt_mem_available_req req = {.node = node};
	struct vt_mem_available_rep rep = {0};

	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_AVAILABLE, &req, &rep, -1), 0);
	return rep.bytes;
}

/* The fake provider is a thunk that cannot tell: the topology's gigabyte less what is held. */
VT_TEST(memory, what_is_left_is_computed)
{
	struct vt_mem_available_req wrong = {.node = 9}, cpu = {.node = 0};
	struct vt_mem_available_rep rep;
	struct vt_mem_alloc_rep a, b;
	struct vt_mem_free_req free_a;
	struct test_renderer r;

	begin(&r, NULL);
	VT_ASSERT_EQ(available(1), 1024 * MIB);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 64 * MIB, &a), 0);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 4096, &b), 0);
	VT_ASSERT_EQ(available(1), 960 * MIB - 4096);
	free_a.mem_id = a.mem_id;
	test_post(&client, VT_OP_MEM_FREE, &free_a);
	VT_ASSERT_EQ(available(1), 1024 * MIB - 4096);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_AVAILABLE, &wrong, &rep, -1), -ENODEV);
	VT_ASSERT_EQ(test_call(&client, VT_OP_MEM_AVAILABLE, &cpu, &rep, -1), -EIO);
	end(&r);
}

VT_TEST(memory, what_is_left_keeps_to_the_limit)
{
	static const char *const limit[] = {"--memory", "100M", NULL};
	struct vt_mem_alloc_rep a;
	struct test_renderer r;

	begin(&r, limit);
	VT_ASSERT_EQ(available(1), 100 * MIB);
	VT_ASSERT_EQ(test_alloc(&client, 0, HOST, 30 * MIB, &a), 0);
	VT_ASSERT_EQ(available(1), 70 * MIB);
	end(&r);
}

static int export(uint64_t mem_id, uint64_t offset, uint64_t size, uint64_t *ret_offset)
{
	struct vt_mem_export_req req = {mem_id, offset, size};
	struct vt_mem_export_rep rep = {0};
	int err = test_call(&client, VT_OP_MEM_EXPORT, &req, &rep, -1);

	*ret_offset = rep.file_offset;
	return err;
}

VT_TEST(memory, files_of_large_ones_only)
{
	struct vt_mem_alloc_rep large, small;
	struct test_renderer r;
	uint64_t offset;
	char text[5] = "";

	begin(&r, NULL);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 4 * MIB, &large), 0);
	VT_ASSERT_EQ(test_alloc(&client, 1, VRAM, 4096, &small), 0);
	memcpy(bytes(large.va) + 8192, "here", 4);
	VT_ASSERT_EQ(export(large.mem_id, 8192, 4096, &offset), 0);
	VT_ASSERT_EQ(client.nfds, 1);
	VT_ASSERT_EQ(pread(client.fds[0], text, 4, (off_t)offset), 4);
	VT_ASSERT(strcmp(text, "here") == 0);
	close(client.fds[0]);
	VT_ASSERT_EQ(export(small.mem_id, 0, 4096, &offset), -EOPNOTSUPP);
	VT_ASSERT_EQ(export(large.mem_id, 4096, 4 * MIB, &offset), -EINVAL);
	VT_ASSERT_EQ(export(large.mem_id, 0, 0, &offset), -EINVAL);
	VT_ASSERT_EQ(export(large.mem_id + 77, 0, 4096, &offset), -ENOENT);
	end(&r);
}
