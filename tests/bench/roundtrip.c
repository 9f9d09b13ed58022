/*
 * tests/bench/roundtrip.c - a forwarded call beside the least that two processes need to exchange a
 * word.
 *
 * Both are measured in turn in one run, since machines differ and are noisy: the figure that counts
 * is the ratio. The call is hsaKmtGetXNACKMode, which has no side effect, is answered by the
 * renderer, and costs its provider next to nothing. The bare exchange is two processes on two cores
 * that spin on one cache line and do nothing else.
 *
 * Run it under `vthunk run`, so that the libhsakmt.so.1 it loads is the forwarding one.
 */
#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <hsakmt.h>

/* Much less than a time slice, so that most rounds are not interrupted: the median is of those. */
#define CALLS      200
#define TRIPS      2000
#define MAX_ROUNDS 301

/* Odd: the child's turn; even: the parent's. */
struct line {
	_Alignas(64) _Atomic uint64_t turn;
};

struct peer {
	struct line *line;
	int go; /* a byte written here starts TRIPS trips */
	cpu_set_t all;
};

struct thunk {
	HSAKMT_STATUS (*open)(void);
	HSAKMT_STATUS (*acquire)(HsaSystemProperties *props);
	HSAKMT_STATUS (*xnack)(HSAint32 *enable);
};

static void die(const char *what)
{
	fprintf(stderr, "roundtrip: %s\n", what);
	exit(1);
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* The lowest CPU that this process may use, from `from` on; -1 if there is none. */
static int next_cpu(const cpu_set_t *set, int from)
{
	for (int cpu = from; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set))
			return cpu;
	return -1;
}

static void child_loop(struct line *line, int go)
{
	char byte;

	while (read(go, &byte, 1) == 1)
		for (uint64_t trip = 0; trip < TRIPS; trip++) {
			while (!(atomic_load_explicit(&line->turn, memory_order_acquire) & 1))
				;
			atomic_fetch_add_explicit(&line->turn, 1, memory_order_release);
		}
	_exit(0);
}

/* Starts the child. It sleeps in read() between rounds, and ends when this process does. */
static void peer_init(struct peer *peer)
{
	int ends[2], cpu;

	sched_getaffinity(0, sizeof(peer->all), &peer->all);
	cpu = next_cpu(&peer->all, next_cpu(&peer->all, 0) + 1);
	if (cpu < 0)
		die("the bare exchange needs two cores");
	peer->line = mmap(NULL, sizeof(*peer->line), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (peer->line == MAP_FAILED || pipe(ends) < 0)
		die("no shared memory or pipe");
	switch (fork()) {
	case -1: die("cannot fork"); break;
	case 0:
		close(ends[1]);
		pin(cpu);
		child_loop(peer->line, ends[0]);
		break;
	default: close(ends[0]); peer->go = ends[1];
	}
}

/* Nanoseconds of one exchange there and back. */
static double measure_bare(struct peer *peer)
{
	_Atomic uint64_t *turn = &peer->line->turn;
	double begin = 0;

	pin(next_cpu(&peer->all, 0));
	if (write(peer->go, "", 1) != 1)
		die("the other process is gone");
	for (uint64_t trip = 0; trip < TRIPS; trip++) {
		if (trip == 1)
			begin = now_ns(); /* by now the child is awake */
		atomic_fetch_add_explicit(turn, 1, memory_order_release);
		while (atomic_load_explicit(turn, memory_order_acquire) & 1)
			;
	}
	begin = (now_ns() - begin) / (TRIPS - 1);
	sched_setaffinity(0, sizeof(peer->all), &peer->all);
	return begin;
}

static void *symbol(void *lib, const char *name)
{
	void *at = dlsym(lib, name);

	if (!at)
		die(dlerror());
	return at;
}

static void thunk_init(struct thunk *thunk)
{
	void *lib = dlopen("libhsakmt.so.1", RTLD_NOW);
	HsaSystemProperties props;

	if (!lib)
		die(dlerror());
	*(void **)&thunk->open = symbol(lib, "hsaKmtOpenKFD");
	*(void **)&thunk->acquire = symbol(lib, "hsaKmtAcquireSystemProperties");
	*(void **)&thunk->xnack = symbol(lib, "hsaKmtGetXNACKMode");
	if (thunk->open() || thunk->acquire(&props) || props.NumNodes < 2)
		die("no GPU: run this under vthunk run");
}

/* Nanoseconds of one call. */
static double measure_call(struct thunk *thunk)
{
	double begin = 0;
	HSAint32 enable;

	for (int i = 0; i < CALLS; i++) {
		if (i == 1)
			begin = now_ns(); /* by now the worker is awake */
		if (thunk->xnack(&enable))
			die("hsaKmtGetXNACKMode failed");
	}
	return (now_ns() - begin) / (CALLS - 1);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), by_size);
	return values[n / 2];
}

int main(int argc, char **argv)
{
	double bare[MAX_ROUNDS], call[MAX_ROUNDS], ratio[MAX_ROUNDS];
	int rounds = argc > 1 && !strcmp(argv[1], "--quick") ? 21 : MAX_ROUNDS;
	struct thunk thunk;
	struct peer peer;

	peer_init(&peer); /* before the library starts threads */
	thunk_init(&thunk);
	measure_bare(&peer);
	measure_call(&thunk);
	for (int i = 0; i < rounds; i++) {
		bare[i] = measure_bare(&peer);
		call[i] = measure_call(&thunk);
		ratio[i] = call[i] / bare[i];
	}
	printf("bare_exchange %.6g ns\n", median(bare, rounds));
	printf("call_round_trip %.6g ns\n", median(call, rounds));
	printf("call_over_bare %.6g x\n", median(ratio, rounds));
	return 0;
}
