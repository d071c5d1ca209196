/* Ends a process, as kill -9 would, at its FSYNC_POINT-th call that makes something durable or visible: loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void count(void) {
    static int calls, point = -1;
    if (point < 0) {
        const char *given = getenv("FSYNC_POINT");
        point = given ? atoi(given) : 0;
    }
    if (++calls == point)
        _exit(9);
}

#define WRAP(type, name, declared, passed)                     \
    type name declared {                                       \
        static type (*real) declared;                          \
        if (!real)                                             \
            real = (type (*) declared)dlsym(RTLD_NEXT, #name); \
        count();                                               \
        return real passed;                                    \
    }

WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
