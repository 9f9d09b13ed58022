/*
 * ocl-icd/say.h - what the user is told: lines on standard error.
 */
#ifndef VT_OCL_ICD_SAY_H
#define VT_OCL_ICD_SAY_H

/* Prints "vthunk-opencl: " and the message as one line, with one write. Any thread. */
void vt_icd_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
