/*
 * proto/base/err.h - names of errors, and their counterparts in AMD's thunk.
 *
 * Everything inside returns 0 or -errno. The rows are in err.def.
 */
#ifndef VT_BASE_ERR_H
#define VT_BASE_ERR_H

/* A short English name for err (0 or -errno). Never NULL. Any thread. */
const char *vt_err_name(int err);

/* The HSAKMT_STATUS number that stands for err (0 or -errno): 0 for 0, 1 (ERROR) for what err.def
 * does not list. */
unsigned vt_err_to_status(int err);

/* The -errno that stands for an HSAKMT_STATUS number: 0 for 0, -EIO for what err.def does not list.
 */
int vt_err_from_status(unsigned status);

#endif
