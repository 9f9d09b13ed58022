/* Listening. Invariant: only a socket that we may call stale is ever unlinked. */
#include "host-renderer/transport/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/wire/sock.h"

#define BACKLOG    64
#define SYSTEM_DIR "/run/vthunk"

static int say(char text[VT_LISTEN_TEXT], int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int say(char text[VT_LISTEN_TEXT], int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, VT_LISTEN_TEXT, fmt, args);
	va_end(args);
	return err;
}

void vt_listen_default(char *path, size_t size)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir && dir[0] == '/')
		snprintf(path, size, "%s/vthunk.sock", dir);
	else
		snprintf(path, size, SYSTEM_DIR "/vthunkd.sock");
}

int vt_listen_private(char *path, size_t size)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	int len = snprintf(path, size, "%s/vthunkd-XXXXXX", dir && dir[0] == '/' ? dir : "/tmp");

	if (len < 0 || (size_t)len + sizeof("/sock") > size)
		return -(errno = ENAMETOOLONG);
	if (!mkdtemp(path))
		return -errno;
	memcpy(path + len, "/sock", sizeof("/sock"));
	return 0;
}

/* Connects to find out whether somebody listens. Returns 0 if so, or -errno: -EPROTOTYPE if it is a
 * socket of another type, which notices nothing. */
static int probe(const struct sockaddr_un *addr)
{
	int err = 0, sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (sock < 0)
		return -errno;
	if (connect(sock, (const struct sockaddr *)addr, sizeof(*addr)) < 0)
		err = errno == EAGAIN ? 0 : -errno; /* a full backlog is somebody's */
	close(sock);
	return err;
}

/* Removes a stale socket file. Returns 0 if path is free now. */
static int clear_path(const struct sockaddr_un *addr, char text[VT_LISTEN_TEXT])
{
	const char *path = addr->sun_path;
	struct stat st;
	int err;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : say(text, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return say(text, -EEXIST, "%s is there and is not a socket", path);
	err = probe(addr);
	if (err == 0 || err == -EPROTOTYPE)
		return say(text, -EADDRINUSE, "%s is in use by a renderer that runs", path);
	if (err != -ECONNREFUSED)
		return say(text, err, "%s: %s", path, strerror(-err));
	if (unlink(path) < 0)
		return say(text, -errno, "cannot remove the stale socket %s: %s", path,
			   strerror(errno));
	return 0;
}

int vt_listen(const char *path, int type, char text[VT_LISTEN_TEXT])
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t old_mask;
	int sock, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return say(text, -ENAMETOOLONG, "%s: a socket's path has at most %zu characters",
			   path, sizeof(addr.sun_path) - 1);
	memcpy(addr.sun_path, path, strlen(path));
	if (strncmp(path, SYSTEM_DIR "/", sizeof(SYSTEM_DIR)) == 0)
		mkdir(SYSTEM_DIR, 0755);
	err = clear_path(&addr, text);
	if (err)
		return err;
	sock = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return say(text, -errno, "socket: %s", strerror(errno));
	old_mask = umask(0177);
	err = bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
	umask(old_mask);
	if (!err && listen(sock, BACKLOG) < 0) {
		err = -errno;
		unlink(path);
	}
	if (err) {
		close(sock);
		return say(text, err, "cannot listen on %s: %s", path, strerror(-err));
	}
	return sock;
}

int vt_accept(int listener, pid_t *ret_pid, uid_t *ret_uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int err, sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (sock < 0)
		return -errno;
	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0) {
		err = -errno;
		close(sock);
		return err;
	}
	*ret_pid = cred.pid;
	*ret_uid = cred.uid;
	return sock;
}

void vt_refuse(int client, int err, const char *text)
{
	struct vt_welcome w = {.magic = VT_HELLO_MAGIC,
			       .major = VT_PROTO_MAJOR,
			       .minor = VT_PROTO_MINOR,
			       .error = (uint32_t)-err};

	snprintf(w.text, sizeof(w.text), "%s", text);
	fcntl(client, F_SETFL, O_NONBLOCK);
	vt_sock_send(client, &w, sizeof(w), NULL, 0);
	close(client);
}
