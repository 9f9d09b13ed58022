#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "ocl-icd/say.h"

void vt_icd_say(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	dprintf(STDERR_FILENO, "vthunk-opencl: %s\n", text);
}
