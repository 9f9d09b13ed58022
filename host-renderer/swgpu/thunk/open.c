/*
 * Opening and closing; who is in a call; what becomes of a child after fork().
 *
 * Invariant: a thunk is destroyed only when it is not `open` any more and nobody is in a call. A
 * program that ends without closing leaves everything to the operating system.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "host-renderer/swgpu/thunk/event.h"
#include "host-renderer/swgpu/thunk/queue.h"
#include "host-renderer/swgpu/thunk/thunk.h"
#include "proto/base/err.h"
#include "proto/base/log.h"

#define KFD_MAJOR 1
#define KFD_MINOR 14

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all that follows */
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;   /* nobody is in a call */
static struct swgpu_thunk *open_thunk;
static unsigned opens, calls;
static bool closing;

struct swgpu_thunk *swgpu_thunk_get(void)
{
	struct swgpu_thunk *t;

	pthread_mutex_lock(&lock);
	t = closing ? NULL : open_thunk;
	calls += t != NULL;
	pthread_mutex_unlock(&lock);
	return t;
}

void swgpu_thunk_put(struct swgpu_thunk *t)
{
	(void)t;
	pthread_mutex_lock(&lock);
	if (--calls == 0)
		pthread_cond_broadcast(&idle);
	pthread_mutex_unlock(&lock);
}

HSAKMT_STATUS swgpu_status(int err)
{
	return (HSAKMT_STATUS)vt_err_to_status(err);
}

HSAKMT_STATUS swgpu_check_gpu_node(HSAuint32 node)
{
	return node == SWGPU_GPU_NODE ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_NODE_UNIT;
}

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/* The threads, and the memory that the GPU shares, stay with the parent: the child starts anew. */
static void after_fork_in_child(void)
{
	open_thunk = NULL;
	opens = 0;
	calls = 0;
	closing = false;
	pthread_cond_init(&idle, NULL);
	pthread_mutex_unlock(&lock);
}

static int thunk_create(struct swgpu_thunk **out)
{
	struct swgpu_thunk *t = calloc(1, sizeof(*t));
	struct swgpu_device_config config;
	int err;

	if (!t)
		return -ENOMEM;
	err = swgpu_config_read(&t->config);
	if (err < 0)
		goto free_t;
	config = (struct swgpu_device_config){t->config.gfx, t->config.threads,
					      t->config.vram_bytes, t->config.ram_bytes};
	err = swgpu_device_create(&t->dev, &config);
	if (err < 0)
		goto free_t;
	pthread_mutex_init(&t->lock, NULL);
	*out = t;
	return 0;

free_t:
	free(t);
	return err;
}

static void thunk_destroy(struct swgpu_thunk *t)
{
	swgpu_thunk_free_events(t);
	swgpu_thunk_free_queues(t);
	if (swgpu_device_destroy(t->dev) < 0) {
		vt_log(VT_LOG_ERROR, 0, "a kernel does not stop: the device is left behind");
		return;
	}
	pthread_mutex_destroy(&t->lock);
	free(t);
}

HSAKMT_STATUS hsaKmtOpenKFD(void)
{
	static bool fork_handled;
	HSAKMT_STATUS status = HSAKMT_STATUS_SUCCESS;

	pthread_mutex_lock(&lock);
	while (closing)
		pthread_cond_wait(&idle, &lock);
	if (opens) {
		opens++;
		status = HSAKMT_STATUS_KERNEL_ALREADY_OPENED;
	} else if (thunk_create(&open_thunk) < 0) {
		status = HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	} else {
		opens = 1;
		if (!fork_handled)
			pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
		fork_handled = true;
	}
	pthread_mutex_unlock(&lock);
	return status;
}

HSAKMT_STATUS hsaKmtCloseKFD(void)
{
	struct swgpu_thunk *t;

	pthread_mutex_lock(&lock);
	if (!opens || closing) {
		pthread_mutex_unlock(&lock);
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	}
	if (--opens) {
		pthread_mutex_unlock(&lock);
		return HSAKMT_STATUS_SUCCESS;
	}
	closing = true;
	t = open_thunk;
	swgpu_device_shutdown(t->dev);
	while (calls)
		pthread_cond_wait(&idle, &lock);
	open_thunk = NULL;
	pthread_mutex_unlock(&lock);

	thunk_destroy(t);

	pthread_mutex_lock(&lock);
	closing = false;
	pthread_cond_broadcast(&idle);
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtGetVersion(HsaVersionInfo *VersionInfo)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_thunk_put(t);
	if (!VersionInfo)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	VersionInfo->KernelInterfaceMajorVersion = KFD_MAJOR;
	VersionInfo->KernelInterfaceMinorVersion = KFD_MINOR;
	return HSAKMT_STATUS_SUCCESS;
}
