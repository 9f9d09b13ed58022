/* The socket: packets, files, and peers that do not keep to the rules. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/wire/sock.h"
#include "tests/support/vt_test.h"

static int pair[2];

static void begin(void)
{
	VT_ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void end(void)
{
	close(pair[0]);
	close(pair[1]);
}

static unsigned open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	VT_ASSERT(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

VT_TEST(sock, files_arrive_with_their_number)
{
	int fds[2], got[VT_MAX_FDS];
	unsigned n = 0, before;

	begin();
	fds[0] = pair[0];
	fds[1] = pair[1];
	before = open_files();
	VT_ASSERT_EQ(vt_sock_send_fds(pair[0], 77, fds, 2), 0);
	VT_ASSERT_EQ(vt_sock_recv_fds(pair[1], 77, got, VT_MAX_FDS, &n), 0);
	VT_ASSERT_EQ(n, 2);
	VT_ASSERT(fcntl(got[0], F_GETFD) & FD_CLOEXEC);
	close(got[0]);
	close(got[1]);
	VT_ASSERT_EQ(open_files(), before);
	end();
}

/* Wrong numbers, too many files, none: refused, and nothing stays open. */
VT_TEST_ROWS(sock, bad_packets, 7)
{
	struct vt_fds_packet p = {.seqno = 5, .nfds = 2};
	int fds[4], got[VT_MAX_FDS];
	unsigned n = 0, before, send = 2;
	size_t len = sizeof(p);

	begin();
	for (unsigned i = 0; i < 4; i++)
		fds[i] = pair[0];
	before = open_files();
	switch (row) {
	case 0: p.seqno = 6; break;
	case 1: p.nfds = 1; break;
	case 2: p.reserved = 1; break;
	case 3: send = p.nfds = 0; break;
	case 4: send = p.nfds = 3; break;
	case 5: len--; break;
	default: p.nfds = UINT32_MAX; break;
	}
	VT_ASSERT_EQ(vt_sock_send(pair[0], &p, len, fds, send), 0);
	VT_ASSERT_EQ(vt_sock_recv_fds(pair[1], 5, got, 2, &n), -EBADMSG);
	VT_ASSERT_EQ(open_files(), before);
	end();
}

VT_TEST(sock, hang_up)
{
	struct vt_fds_packet p;
	int got[VT_MAX_FDS];
	unsigned n;

	begin();
	close(pair[0]);
	VT_ASSERT_EQ(vt_sock_recv(pair[1], &p, sizeof(p), NULL, 0, NULL, 1000), -EPIPE);
	VT_ASSERT_EQ(vt_sock_recv_fds(pair[1], 1, got, VT_MAX_FDS, &n), -EPIPE);
	VT_ASSERT_EQ(vt_sock_send(pair[1], &p, sizeof(p), NULL, 0), -EPIPE);
	close(pair[1]);
}

/* What a peer said before it closed is heard, though it has not read what we said. */
VT_TEST(sock, last_words)
{
	struct vt_fds_packet p = {.seqno = 1}, q = {.seqno = 0};

	begin();
	VT_ASSERT_EQ(vt_sock_send(pair[0], &p, sizeof(p), NULL, 0), 0);
	VT_ASSERT_EQ(vt_sock_send(pair[1], &p, sizeof(p), NULL, 0), 0);
	close(pair[1]);
	VT_ASSERT_EQ(vt_sock_recv(pair[0], &q, sizeof(q), NULL, 0, NULL, 1000), 0);
	VT_ASSERT_EQ(q.seqno, 1);
	VT_ASSERT_EQ(vt_sock_recv(pair[0], &q, sizeof(q), NULL, 0, NULL, 1000), -EPIPE);
	close(pair[0]);
}

VT_TEST(sock, hello_names_are_printable)
{
	struct vt_hello hello;

	vt_hello_init(&hello, "a\nb\x7f"
			      "cdefghijklmnopqrstuvwxyz");
	VT_ASSERT(memcmp(hello.name, "a?b?cdefghijklmnopq", 20) == 0);
	vt_hello_init(&hello, NULL);
	VT_ASSERT_EQ(hello.name[0], 0);
	VT_ASSERT_EQ(hello.page_size, sysconf(_SC_PAGESIZE));
}
