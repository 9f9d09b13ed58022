/* Chooses among the tables of functions by what the processor can do. */
#include <cpuid.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/swgpu/exec/engine_table.h"
#include "host-renderer/swgpu/exec/wave.h"
#include "proto/base/log.h"

static const struct swgpu_engine all[] = {
    {"avx512", swgpu_engine_fn_avx512},
    {"avx2", swgpu_engine_fn_avx2},
    {"generic", swgpu_engine_fn_generic},
};

#define ALL (sizeof(all) / sizeof(all[0]))

static const struct swgpu_engine *best;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Not every compiler's __builtin_cpu_supports knows this one. */
static bool has_f16c(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c & bit_F16C;
}

static bool runs_here(const struct swgpu_engine *engine)
{
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
		    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && has_f16c();

	if (engine->fn == swgpu_engine_fn_avx512)
		return avx2 && __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("avx512dq");
	return engine->fn != swgpu_engine_fn_avx2 || avx2;
}

const struct swgpu_engine *swgpu_engine_at(unsigned i)
{
	for (unsigned n = 0; n < ALL; n++)
		if (runs_here(&all[n]) && i-- == 0)
			return &all[n];
	return NULL;
}

static void choose(void)
{
	const char *wanted = getenv("SWGPU_ENGINE");
	const struct swgpu_engine *engine;

	best = swgpu_engine_at(0);
	for (unsigned i = 0; wanted && (engine = swgpu_engine_at(i)); i++) {
		if (!strcmp(engine->name, wanted)) {
			best = engine;
			return;
		}
	}
	if (wanted)
		vt_log(VT_LOG_WARN, 0,
		       "SWGPU_ENGINE=%.16s is not an engine of this processor; using %s", wanted,
		       best->name);
}

const struct swgpu_engine *swgpu_engine_best(void)
{
	pthread_once(&once, choose);
	return best;
}
