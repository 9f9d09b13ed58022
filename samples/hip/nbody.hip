/*
 * nbody - bodies that attract each other, every pair computed; a block loads bodies to LDS for all
 * its work-items.
 */
#include "sample.h"

constexpr unsigned BLOCK = 128, STEPS = 3;
constexpr float SOFTENING = 0.01f, TIME_STEP = 0.001f;

/* Adds to `acc` what the body at `other` (mass in w) does to one at `me`. */
__host__ __device__ inline void attract(const float4 &me, const float4 &other, float acc[3])
{
	float dx = other.x - me.x, dy = other.y - me.y, dz = other.z - me.z;
	float square = dx * dx + dy * dy + dz * dz + SOFTENING;
	float inverse = 1.0f / sqrtf(square);
	float pull = other.w * inverse * inverse * inverse;

	acc[0] += dx * pull;
	acc[1] += dy * pull;
	acc[2] += dz * pull;
}

__host__ __device__ inline void move(float4 &pos, float4 &speed, const float acc[3])
{
	speed.x += acc[0] * TIME_STEP;
	speed.y += acc[1] * TIME_STEP;
	speed.z += acc[2] * TIME_STEP;
	pos.x += speed.x * TIME_STEP;
	pos.y += speed.y * TIME_STEP;
	pos.z += speed.z * TIME_STEP;
}

__global__ void step(const float4 *now, float4 *next, float4 *speed, unsigned n)
{
	__shared__ float4 bodies[BLOCK];
	unsigned i = blockIdx.x * BLOCK + threadIdx.x;
	float4 me = i < n ? now[i] : make_float4(0, 0, 0, 0);
	float acc[3] = {0, 0, 0};

	for (unsigned first = 0; first < n; first += BLOCK) {
		unsigned j = first + threadIdx.x;

		bodies[threadIdx.x] = j < n ? now[j] : make_float4(0, 0, 0, 0);
		__syncthreads();
		for (unsigned k = 0; k < BLOCK; k++)
			attract(me, bodies[k], acc);
		__syncthreads();
	}
	if (i < n) {
		move(me, speed[i], acc);
		next[i] = me;
	}
}

static void step_cpu(std::vector<float4> &bodies, std::vector<float4> &speed)
{
	const std::vector<float4> now = bodies;

	for (size_t i = 0; i < now.size(); i++) {
		float acc[3] = {0, 0, 0};

		for (const float4 &other : now)
			attract(now[i], other, acc);
		move(bodies[i], speed[i], acc);
	}
}

static std::vector<float> coordinates(const std::vector<float4> &bodies)
{
	std::vector<float> all;

	for (const float4 &b : bodies)
		all.insert(all.end(), {b.x, b.y, b.z});
	return all;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "nbody: gravity between all pairs", 3000, 200);

	const unsigned n = unsigned(sample_opt.size);
	std::vector<float> random = sample_random(4 * n, -1, 1);
	std::vector<float4> bodies(n), speed(n, make_float4(0, 0, 0, 0));

	for (unsigned i = 0; i < n; i++)
		bodies[i] = make_float4(random[4 * i], random[4 * i + 1], random[4 * i + 2],
					1 + random[4 * i + 3]);

	device_array<float4> dev_a(bodies), dev_b(n), dev_speed(speed);
	device_array<float4> *now = &dev_a, *next = &dev_b;

	sample_timer timer;
	for (unsigned i = 0; i < STEPS; i++) {
		step<<<sample_blocks(n, BLOCK), BLOCK>>>(now->get(), next->get(), dev_speed.get(),
							 n);
		std::swap(now, next);
	}
	HIP_CHECK(hipGetLastError());
	timer.report("steps", 1e-6 * STEPS * n * n, "million pairs");

	for (unsigned i = 0; i < STEPS; i++)
		step_cpu(bodies, speed);
	sample_compare("positions", coordinates(now->to_host()), coordinates(bodies), 1e-4);
	sample_compare("speeds", coordinates(dev_speed.to_host()), coordinates(speed), 1e-3);
	return sample_end();
}
