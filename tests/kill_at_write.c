/* Loaded with LD_PRELOAD: ends the process, as kill -9 would, at the n-th call that makes something durable or visible. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KILLED = 9 };

static int calls, last; /* last: 0, none */

void die_at_write(int point) {
    calls = 0;
    last = point;
}

static void count(void) {
    if (last && ++calls == last)
        _exit(KILLED);
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
WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, link, (const char *from, const char *to), (from, to))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, symlink, (const char *to, const char *path), (to, path))
WRAP(ssize_t, sendfile, (int to, int from, off_t *at, size_t size), (to, from, at, size))
WRAP(ssize_t, sendfile64, (int to, int from, off64_t *at, size_t size), (to, from, at, size))
