/*
 * graphics.c: draws by OpenGL ES on the first render node and reads back what was drawn, for as
 * many seconds as are wanted.
 *
 *   graphics SECONDS RENDERER   prints the renderer's name, which must contain RENDERER, and the
 *                               number of frames
 *
 * The libraries are opened at run time and the few declarations are here (Khronos' EGL 1.4 and
 * OpenGL ES 2.0), so that building this needs neither.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EGL_CONTEXT_CLIENT_VERSION    0x3098
#define EGL_NONE                      0x3038
#define EGL_OPENGL_ES_API             0x30A0
#define EGL_PLATFORM_SURFACELESS_MESA 0x31DD
#define EGL_RENDERABLE_TYPE           0x3040
#define EGL_OPENGL_ES2_BIT            4
#define EGL_SURFACE_TYPE              0x3033

#define GL_COLOR_ATTACHMENT0          0x8CE0
#define GL_COLOR_BUFFER_BIT           0x4000
#define GL_FRAMEBUFFER                0x8D40
#define GL_FRAMEBUFFER_COMPLETE       0x8CD5
#define GL_RENDERBUFFER               0x8D41
#define GL_RENDERER                   0x1F01
#define GL_RGBA                       0x1908
#define GL_RGBA4                      0x8056
#define GL_SCISSOR_TEST               0x0C11
#define GL_UNSIGNED_BYTE              0x1401

enum { SIDE = 64 };

#define FUNCTIONS(F)                                                                     \
	F(egl, void *, eglGetPlatformDisplay, (unsigned, void *, const intptr_t *))      \
	F(egl, unsigned, eglInitialize, (void *, int *, int *))                          \
	F(egl, unsigned, eglBindAPI, (unsigned))                                         \
	F(egl, unsigned, eglChooseConfig, (void *, const int *, void **, int, int *))    \
	F(egl, void *, eglCreateContext, (void *, void *, void *, const int *))          \
	F(egl, unsigned, eglMakeCurrent, (void *, void *, void *, void *))               \
	F(gl, const char *, glGetString, (unsigned))                                     \
	F(gl, void, glGenFramebuffers, (int, unsigned *))                                \
	F(gl, void, glGenRenderbuffers, (int, unsigned *))                               \
	F(gl, void, glBindFramebuffer, (unsigned, unsigned))                             \
	F(gl, void, glBindRenderbuffer, (unsigned, unsigned))                            \
	F(gl, void, glRenderbufferStorage, (unsigned, unsigned, int, int))               \
	F(gl, void, glFramebufferRenderbuffer, (unsigned, unsigned, unsigned, unsigned)) \
	F(gl, unsigned, glCheckFramebufferStatus, (unsigned))                            \
	F(gl, void, glClearColor, (float, float, float, float))                          \
	F(gl, void, glClear, (unsigned))                                                 \
	F(gl, void, glEnable, (unsigned))                                                \
	F(gl, void, glScissor, (int, int, int, int))                                     \
	F(gl, void, glReadPixels, (int, int, int, int, unsigned, unsigned, void *))

#define DECLARE(library, type, name, parameters) static type(*name) parameters;
FUNCTIONS(DECLARE)

static void give_up(const char *what)
{
	printf("graphics: %s\n", what);
	exit(1);
}

static void *library(const char *name)
{
	void *handle = dlopen(name, RTLD_NOW);

	if (!handle)
		give_up(dlerror());
	return handle;
}

static void load(void)
{
	void *egl = library("libEGL.so.1"), *gl = library("libGLESv2.so.2");

#define FIND(library, type, name, parameters)             \
	name = (type(*) parameters)dlsym(library, #name); \
	if (!name)                                        \
		give_up(#name " is not there");
	FUNCTIONS(FIND)
}

static void begin(void)
{
	static const int wanted[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_SURFACE_TYPE, 0,
				     EGL_NONE};
	static const int version[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
	void *display, *config = NULL, *context;
	unsigned frame, buffer;
	int n = 0;

	display = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, NULL, NULL);
	if (!display || !eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_ES_API) ||
	    !eglChooseConfig(display, wanted, &config, 1, &n) || n < 1)
		give_up("no EGL display");
	context = eglCreateContext(display, config, NULL, version);
	if (!context || !eglMakeCurrent(display, NULL, NULL, context))
		give_up("no context");
	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenRenderbuffers(1, &buffer);
	glBindRenderbuffer(GL_RENDERBUFFER, buffer);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA4, SIDE, SIDE);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, buffer);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		give_up("no frame buffer");
	glEnable(GL_SCISSOR_TEST);
}

static void fill(int x, int y, int side, float red, float green)
{
	glScissor(x, y, side, side);
	glClearColor(red, green, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
}

/* A red square somewhere on a green ground. */
static void draw(int n)
{
	static uint8_t pixel[SIDE][SIDE][4];
	int at = n % (SIDE - 16);

	fill(0, 0, SIDE, 0, 1);
	fill(at, at, 16, 1, 0);
	memset(pixel, 0x55, sizeof(pixel));
	glReadPixels(0, 0, SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			int red = x >= at && x < at + 16 && y >= at && y < at + 16;

			if (pixel[y][x][0] != 255 * red || pixel[y][x][1] != 255 * !red)
				give_up("what was drawn is not there");
		}
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	int frames = 0;

	load();
	begin();
	if (argc > 2 && !strstr(glGetString(GL_RENDERER), argv[2]))
		give_up(glGetString(GL_RENDERER));
	do
		draw(frames++);
	while (time(NULL) < end);
	printf("%s: %d frames\n", glGetString(GL_RENDERER), frames);
	return 0;
}
