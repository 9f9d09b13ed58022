/* Sessions: greeting, bad frames, limits, death on either side, and bad command lines. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/client.h"
#include "tests/support/vt_test.h"

static struct test_client client, other;

static void begin(struct test_renderer *r, const char *const *more)
{
	test_renderer_start(r, more);
	test_client_open(&client, r);
}

static void end(struct test_renderer *r)
{
	test_client_close(&client);
	VT_ASSERT(test_renderer_workers(r, 0));
	VT_ASSERT_EQ(test_renderer_stop(r), 0);
	VT_ASSERT(access(r->socket, F_OK) < 0);
}

VT_TEST(session, ping_info_topology)
{
	static struct vt_node_caches_rep caches;
	struct test_renderer r;
	struct vt_ping_req ping = {.value = 0x1122334455667788};
	struct vt_ping_rep pong;
	struct vt_renderer_info_rep info;
	struct vt_topology_rep topo;
	struct vt_node_req which = {1};
	static struct vt_node_rep node;
	struct vt_node_caches_req from = {0, 128};

	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_PING, &ping, &pong, -1), 0);
	VT_ASSERT_EQ(pong.value, ping.value);
	VT_ASSERT_EQ(test_call(&client, VT_OP_RENDERER_INFO, NULL, &info, -1), 0);
	VT_ASSERT(strstr(info.provider, "fake_provider.so") && info.event_limit == 4096);
	VT_ASSERT_EQ(test_call(&client, VT_OP_TOPOLOGY, NULL, &topo, -1), 0);
	VT_ASSERT(topo.num_nodes == 2 && topo.kernel_minor == 9);
	VT_ASSERT_EQ(test_call(&client, VT_OP_NODE, &which, &node, -1), 0);
	VT_ASSERT(node.num_banks == 1 && node.num_links == 1 && node.marketing_name[3] == 'e');
	VT_ASSERT_EQ(node.drm_render_minor, -1);
	VT_ASSERT_EQ(node.unique_id, 0x123456789abcdef0);
	which.node = 2;
	VT_ASSERT_EQ(test_call(&client, VT_OP_NODE, &which, &node, -1), -ENODEV);
	VT_ASSERT_EQ(test_call(&client, VT_OP_NODE_CACHES, &from, &caches, -1), 0);
	VT_ASSERT(caches.num_caches == 128 && caches.cache[0].size_kib == 128);
	VT_ASSERT_EQ(caches.cache[127].siblings[31], 0x80);
	from.first = 256;
	VT_ASSERT_EQ(test_call(&client, VT_OP_NODE_CACHES, &from, &caches, -1), 0);
	VT_ASSERT_EQ(caches.num_caches, 44);
	from.first = 301;
	VT_ASSERT_EQ(test_call(&client, VT_OP_NODE_CACHES, &from, &caches, -1), -EINVAL);
	end(&r);
}

/* Every operation that has a reply answers, with whatever error, to a request that is all zero. */
VT_TEST(session, zero_requests)
{
	static uint8_t req[16384], rep[16384];
	struct test_renderer r;
	struct vt_ping_rep pong;

	begin(&r, NULL);
	for (unsigned op = 0; op < VT_OP_COUNT; op++) {
		const struct vt_op_info *info = vt_op_info(op);

		if (info && info->posted)
			test_post(&client, op, req);
		else if (info)
			test_call(&client, op, req, rep, -1);
	}
	VT_ASSERT_EQ(test_call(&client, VT_OP_PING, req, &pong, -1), 0);
	end(&r);
}

/* Small numbers, large ones, and addresses near the window: what handlers must tell apart. */
static uint64_t odd_number(const uint64_t *known, unsigned n)
{
	switch (rand() % 6) {
	case 0: return (uint64_t)rand() % 4;
	case 1: return 4096ull << rand() % 20;
	case 2: return 1ull << rand() % 64;
	case 3: return UINT64_MAX - (uint64_t)rand() % 5000;
	case 4: return client.window_va + 4096 * ((uint64_t)rand() % 4096);
	default: return known[(unsigned)rand() % n];
	}
}

/*
 * Well-formed requests with odd numbers: each is answered, and the connection, the ids and the
 * memory of the worker (under a sanitizer) stay sound. Replies are remembered, so that ids and
 * addresses come back in later requests.
 */
VT_TEST(session, odd_requests)
{
	static uint64_t req[2048], rep[2048], known[64];
	struct test_renderer r;
	struct vt_ping_rep pong;
	unsigned good = 0;

	srand(3);
	begin(&r, NULL);
	test_client_window(&client);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned op = (unsigned)rand() % VT_OP_COUNT;
		const struct vt_op_info *info = vt_op_info(op);
		size_t words = vt_codec_msg_size(op, VT_REQUEST) / 8 + 1;

		if (!info || op == VT_OP_QUEUE_CU_MASK || op == VT_OP_WINDOW)
			continue;
		for (size_t w = 0; w < words; w++)
			req[w] = odd_number(known, VT_ARRAY_LEN(known));
		if (info->posted) {
			test_post(&client, op, req);
		} else if (test_call(&client, op, req, rep, -1) == 0) {
			good++;
			for (unsigned w = 0; w < 4 && op >= VT_OP_MEM_ALLOC; w++)
				known[(unsigned)rand() % VT_ARRAY_LEN(known)] = rep[w];
			for (unsigned f = 0; f < client.nfds; f++)
				close(client.fds[f]);
		}
	}
	VT_ASSERT(good > 500);
	VT_ASSERT_EQ(test_call(&client, VT_OP_PING, req, &pong, -1), 0);
	end(&r);
}

/* Frames that end the connection. */
VT_TEST_ROWS(session, bad_frames, 12)
{
	static const uint8_t body[128] = {0xff, 0xff, 0xff, 0xff};
	static const struct vt_frame frames[12] = {
	    {.op = 0, .seqno = 1},
	    {.op = 5, .seqno = 1},
	    {.op = VT_OP_COUNT, .seqno = 1},
	    {.op = UINT16_MAX, .seqno = 1},
	    {.op = VT_OP_PING, .seqno = 1, .flags = VT_FRAME_REPLY},
	    {.op = VT_OP_PING, .seqno = 1, .flags = 0x80},
	    {.op = VT_OP_PING, .seqno = 1, .flags = VT_FRAME_FDS},
	    {.op = VT_OP_PING, .seqno = 1, .error = 5},
	    {.op = VT_OP_PING, .seqno = 2},
	    {.op = VT_OP_PING, .seqno = 1, .body_len = 17},
	    {.op = VT_OP_PING, .seqno = 1, .body_len = 4},                  /* not protobuf */
	    {.op = VT_OP_USER_REGISTER, .seqno = 1, .flags = VT_FRAME_FDS}, /* no packet */
	};
	struct test_renderer r;

	begin(&r, NULL);
	VT_ASSERT_EQ(vt_ring_write(&client.channel.requests, &frames[row], body, 1000), 0);
	VT_ASSERT(test_hangs_up(&client) || test_hangs_up(&client));
	end(&r);
}

/* Lies in the shared words. */
VT_TEST_ROWS(session, ring_lies, 5)
{
	static const uint32_t tails[5] = {1, 15, VT_RING_BYTES + 8, 0x80000000, UINT32_MAX};
	struct test_renderer r;
	struct vt_ring_shared *sh;
	struct vt_frame f = {.op = VT_OP_PING, .seqno = 1, .body_len = 0};

	begin(&r, NULL);
	sh = client.channel.requests.shared;
	atomic_store(&sh->tail, tails[row]);
	/* A frame after it, so that the reader is woken. */
	client.channel.requests.pos = tails[row];
	client.channel.requests.seen = tails[row];
	VT_ASSERT_EQ(vt_ring_write(&client.channel.requests, &f, NULL, 1000), 0);
	VT_ASSERT(test_hangs_up(&client));
	end(&r);
}

static void say_hello(const struct test_renderer *r, const struct vt_hello *hello, size_t len,
		      int want, const char *words)
{
	struct vt_welcome w;
	int sock = test_connect(r->socket), err;

	err = vt_sock_send(sock, hello, len, NULL, 0);
	VT_ASSERT(err == 0 || err == -EPIPE); /* a refusal need not wait for the hello */
	err = vt_sock_recv(sock, &w, sizeof(w), NULL, 0, NULL, 5000);
	VT_ASSERT_EQ(err, 0);
	VT_ASSERT_EQ(w.error, want);
	VT_ASSERT_MSG(strstr(w.text, words), "said: %s", w.text);
	close(sock);
}

VT_TEST(session, wrong_greetings)
{
	struct test_renderer r;
	struct vt_hello hello;

	begin(&r, NULL);
	vt_hello_init(&hello, "test");
	hello.major++;
	say_hello(&r, &hello, sizeof(hello), EPROTO, "protocol 3.0");
	hello.major--;
	hello.magic++;
	say_hello(&r, &hello, sizeof(hello), EPROTO, "not vthunk's");
	hello.magic--;
	hello.page_size = 65536;
	say_hello(&r, &hello, sizeof(hello), EPROTO, "pages");
	say_hello(&r, &hello, 5, EPROTO, "does not understand");
	VT_ASSERT(test_renderer_workers(&r, 1));
	end(&r);
}

/* The client's side of a mismatch, and of something else on the socket. */
VT_TEST(session, client_says_what_is_wrong)
{
	struct vt_hello hello;
	struct vt_welcome w = {.magic = VT_HELLO_MAGIC, .major = VT_PROTO_MAJOR + 1};
	int pair[2], fds[VT_WELCOME_FDS];
	char text[128], want[32];

	vt_hello_init(&hello, "test");
	VT_ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	VT_ASSERT_EQ(vt_sock_send(pair[1], &w, sizeof(w), NULL, 0), 0);
	VT_ASSERT_EQ(vt_sock_greet(pair[0], &hello, &w, fds, text, 1000), -EPROTO);
	snprintf(want, sizeof(want), "protocol %u.0", VT_PROTO_MAJOR + 1);
	VT_ASSERT_MSG(strstr(text, want), "said: %s", text);
	w.magic = 1;
	VT_ASSERT_EQ(vt_sock_send(pair[1], &w, sizeof(w), NULL, 0), 0);
	VT_ASSERT_EQ(vt_sock_greet(pair[0], &hello, &w, fds, text, 1000), -EPROTO);
	VT_ASSERT_MSG(strstr(text, "not a vthunk renderer"), "said: %s", text);
	VT_ASSERT_EQ(vt_sock_greet(pair[0], &hello, &w, fds, text, 10), -ETIMEDOUT);
	close(pair[1]);
	VT_ASSERT_EQ(vt_sock_greet(pair[0], &hello, &w, fds, text, 1000), -EPIPE);
	close(pair[0]);
}

VT_TEST(session, more_clients_than_allowed)
{
	static const char *const more[] = {"--max-clients", "1", NULL};
	struct test_renderer r;
	struct vt_hello hello;

	begin(&r, more);
	vt_hello_init(&hello, "test");
	say_hello(&r, &hello, sizeof(hello), EBUSY, "--max-clients");
	test_client_close(&client);
	VT_ASSERT(test_renderer_workers(&r, 0));
	test_client_open(&client, &r);
	end(&r);
}

VT_TEST(session, dead_worker_is_seen)
{
	struct test_renderer r;
	pid_t worker;

	begin(&r, NULL);
	worker = test_child_of(r.pid);
	VT_ASSERT(worker > 0);
	VT_ASSERT_EQ(kill(worker, SIGKILL), 0);
	VT_ASSERT(test_hangs_up(&client));
	test_client_close(&client);
	test_client_open(&client, &r); /* the next open works */
	end(&r);
}

VT_TEST(session, dead_client_leaves_nothing)
{
	struct test_renderer r;
	pid_t pid;

	test_renderer_start(&r, NULL);
	pid = fork();
	if (pid == 0) {
		test_client_open(&client, &r);
		test_client_window(&client);
		raise(SIGKILL);
	}
	VT_ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	VT_ASSERT(test_renderer_workers(&r, 0));
	VT_ASSERT_EQ(test_renderer_stop(&r), 0);
}

VT_TEST(session, end_of_the_renderer_ends_its_workers)
{
	struct test_renderer r;
	pid_t worker;

	begin(&r, NULL);
	worker = test_child_of(r.pid);
	VT_ASSERT_EQ(test_renderer_stop(&r), 0);
	VT_ASSERT(test_hangs_up(&client));
	VT_ASSERT(kill(worker, 0) < 0 && errno == ESRCH);
	VT_ASSERT(access(r.socket, F_OK) < 0);
	test_client_close(&client);
}

/* Files in a request that takes none, or too many, do not stay open. */
VT_TEST(session, stray_files)
{
	struct test_renderer r;
	struct vt_user_register_req req = {0};
	struct vt_user_register_rep rep;
	int fds[2] = {0, 0};
	struct vt_frame f = {.op = VT_OP_USER_REGISTER, .flags = VT_FRAME_FDS, .seqno = 1};

	begin(&r, NULL);
	VT_ASSERT_EQ(test_call(&client, VT_OP_USER_REGISTER, &req, &rep, -1), -EINVAL);
	f.seqno = 2;
	VT_ASSERT_EQ(vt_sock_send_fds(client.sock, 2, fds, 2), 0);
	VT_ASSERT_EQ(vt_ring_write(&client.channel.requests, &f, NULL, 1000), 0);
	VT_ASSERT(test_hangs_up(&client));
	end(&r);
}

/* Many requests in flight from one client while another one hangs: neither disturbs the other. */
VT_TEST(session, silent_client_disturbs_nobody)
{
	struct test_renderer r;
	struct vt_ping_req ping = {.value = 1};
	struct vt_ping_rep pong;
	int sock;

	begin(&r, NULL);
	sock = test_connect(r.socket); /* never says hello */
	test_client_open(&other, &r);
	for (unsigned i = 0; i < 20000; i++)
		VT_ASSERT_EQ(test_call(&other, VT_OP_PING, &ping, &pong, -1), 0);
	VT_ASSERT_EQ(test_call(&client, VT_OP_PING, &ping, &pong, -1), 0);
	close(sock);
	test_client_close(&other);
	end(&r);
}

VT_TEST_ROWS(cli, bad_command_lines, 12)
{
	static const struct {
		const char *argv[5];
		int status;
		const char *words;
	} rows[12] = {
	    {{"--device", "nonsense"}, 1, "unknown device \"nonsense\""},
	    {{"--device", "/nowhere/libhsakmt.so.1"}, 1, "cannot load"},
	    {{"--device", VT_FAKE_OLD}, 1, "hsaKmtExportDMABufHandle"},
	    {{"--device", "/lib/x86_64-linux-gnu/libc.so.6"}, 1, "it has no hsaKmtOpenKFD"},
	    {{"--device", VT_FAKE_PROVIDER, "--gfx", "gfx803"}, 1, "offers gfx906, not \"gfx803\""},
	    {{"--device", VT_FAKE_PROVIDER, "--socket", "/nowhere/at/all"}, 1, "cannot listen"},
	    {{"--memory", "12Q"}, 2, "a size"},
	    {{"--max-clients", "0"}, 2, "a number from 1"},
	    {{"--log-level", "loud"}, 2, "error, warn, info or debug"},
	    {{"--frobnicate"}, 2, "--help"},
	    {{"extra"}, 2, "not an option"},
	    {{"--version"}, 0, "vthunkd " VT_VERSION},
	};
	char text[4096];
	int status = test_renderer_try(rows[row].argv, text, sizeof(text));

	VT_ASSERT_MSG(status == rows[row].status, "status %d: %s", status, text);
	VT_ASSERT_MSG(strstr(text, rows[row].words), "said: %s", text);
}

VT_TEST(cli, socket_in_use_and_stale)
{
	struct test_renderer r;
	const char *argv[] = {"--device", VT_FAKE_PROVIDER, "--socket", r.socket, NULL};
	char text[4096], file[108];
	int fd;

	begin(&r, NULL);
	VT_ASSERT_EQ(test_renderer_try(argv, text, sizeof(text)), 1);
	VT_ASSERT_MSG(strstr(text, "in use by a renderer"), "said: %s", text);
	VT_ASSERT_EQ(kill(r.pid, SIGKILL), 0); /* leaves its socket behind */
	VT_ASSERT_EQ(waitpid(r.pid, NULL, 0), r.pid);
	VT_ASSERT(test_hangs_up(&client)); /* the worker went with it */
	test_client_close(&client);
	VT_ASSERT_EQ(access(r.socket, F_OK), 0);
	snprintf(file, sizeof(file), "%s", r.socket);
	unlink(file);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	VT_ASSERT_EQ(test_renderer_try(argv, text, sizeof(text)), 1);
	VT_ASSERT_MSG(strstr(text, "is not a socket"), "said: %s", text);
	unlink(file);
}

VT_TEST(cli, stale_socket_is_replaced)
{
	struct test_renderer r, again;
	const char *more[] = {"--socket", r.socket, NULL};
	struct stat st;

	test_renderer_start(&r, NULL);
	VT_ASSERT_EQ(stat(r.socket, &st), 0);
	VT_ASSERT_EQ(st.st_mode & 0777, 0600);
	VT_ASSERT_EQ(kill(r.pid, SIGKILL), 0);
	VT_ASSERT_EQ(waitpid(r.pid, NULL, 0), r.pid);
	test_renderer_start(&again, more);
	test_client_open(&client, &r);
	test_client_close(&client);
	VT_ASSERT_EQ(test_renderer_stop(&again), 0);
}
