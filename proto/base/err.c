/* Errors by name and by status: three readings of err.def. */
#include "proto/base/err.h"

#include <errno.h>

const char *vt_err_name(int err)
{
	switch (err < 0 ? -err : err) {
	case 0: return "ok";
#define VT_ERR(errnum, status, text) \
	case errnum:                 \
		return text;
#include "proto/base/err.def"
#undef VT_ERR
	default: return "unknown error";
	}
}

unsigned vt_err_to_status(int err)
{
	switch (err < 0 ? -err : err) {
	case 0: return 0;
#define VT_ERR(errnum, status, text) \
	case errnum:                 \
		return status;
#include "proto/base/err.def"
#undef VT_ERR
	default: return 1;
	}
}

int vt_err_from_status(unsigned status)
{
	switch (status) {
	case 0: return 0;
#define VT_ERR(errnum, status_, text) \
	case status_:                 \
		return -errnum;
#include "proto/base/err.def"
#undef VT_ERR
	default: return -EIO;
	}
}
