/* host-renderer/transport/listen.h - the renderer's end of unix sockets: listening and who is
 * there. */
#ifndef VT_TRANSPORT_LISTEN_H
#define VT_TRANSPORT_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define VT_LISTEN_TEXT 512

/*
 * Listens on a socket of that type (SOCK_SEQPACKET, SOCK_STREAM) at path, mode 0600. A socket file
 * that nobody listens on is replaced; anything else at path is left alone. Returns the socket,
 * close-on-exec and non-blocking, or -errno and a sentence in text: -EADDRINUSE when a live
 * renderer has it.
 */
int vt_listen(const char *path, int type, char text[VT_LISTEN_TEXT]);

/* Where a renderer listens unless told otherwise: vthunk.sock in XDG_RUNTIME_DIR, else below /run.
 * Fills in path. */
void vt_listen_default(char *path, size_t size);

/* A path for a socket in a folder of its own, which is made and becomes the caller's to remove.
 * Fills in path. Returns 0 or -errno. */
int vt_listen_private(char *path, size_t size);

/* Accepts one client; close-on-exec. Returns the socket and its peer's credentials, or -errno
 * (-EAGAIN: none). */
int vt_accept(int listener, pid_t *ret_pid, uid_t *ret_uid);

/* Tells a client why it is not served, in a welcome with this error, and closes it. Never blocks.
 */
void vt_refuse(int client, int err, const char *text);

#endif
