/* A disk that fails when told: preloaded below Python and SQLite, it counts the calls that touch files of one folder
 * and lets the chosen one fail, or it and all later ones. Told through the functions at the end, from Python. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NEVER = 0, EIO_FAULT = 1, ENOSPC_FAULT = 2, SHORT_FAULT = 3, FULL_FAULT = 4 };
enum { MAX_CALLS = 20000 };

static char watched[PATH_MAX];
static long at = -1, calls = 0, struck = 0;
static int for_ever = 0, fault = NEVER, armed = 0;
static off64_t room = 0; /* of a disk that is full: what was given back by deleting and cutting */
static char kinds[MAX_CALLS]; /* what the n-th call was: o c w s t u r, see KINDS */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int ours_path(const char *path) { return path && watched[0] && strncmp(path, watched, strlen(watched)) == 0; }

static int ours(int fd) {
    char link[64], path[PATH_MAX];
    if (!armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return ours_path(path);
}

/* Whether this call shall fail: the errno, or SHORT as a negative number, or 0. ``growth`` is how much room it takes. */
static int due(char kind, int may_be_full, off64_t growth) {
    long number = calls++;
    if (number < MAX_CALLS) kinds[number] = kind;
    if (at < 0 || number < at || (number > at && !for_ever)) return 0;
    if (fault == ENOSPC_FAULT && !may_be_full) return 0;
    if (fault == SHORT_FAULT && kind != 'w') return 0;
    if (fault == FULL_FAULT) {
        if (growth <= room) { room -= growth; return 0; }
        struck++;
        return ENOSPC;
    }
    struck++;
    return fault == EIO_FAULT ? EIO : fault == ENOSPC_FAULT ? ENOSPC : -1;
}

static int full(void) { return armed && fault == FULL_FAULT; }

static off64_t size_of(int fd) {
    struct stat64 about;
    return fstat64(fd, &about) == 0 ? about.st_size : 0;
}

static off64_t growth_to(int fd, off64_t end) {
    off64_t size = full() ? size_of(fd) : end;
    return end > size ? end - size : 0;
}

#define FAIL_IF(expression, kind, may_be_full, growth)                                                                         \
    do {                                                                                                               \
        int why = armed && (expression) ? due(kind, may_be_full, growth) : 0;                                                  \
        if (why > 0) { errno = why; return -1; }                                                                       \
    } while (0)

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        FAIL_IF(ours_path(path), flags & O_CREAT ? 'c' : 'o', flags & O_CREAT, 0);                                                                \
        return REAL(name)(path, flags, mode);                                                                          \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        FAIL_IF(ours_path(path), flags & O_CREAT ? 'c' : 'o', flags & O_CREAT, 0);                                                                \
        return REAL(name)(folder, path, flags, mode);                                                                  \
    }
OPENAT(openat)
OPENAT(openat64)

/* A write that is cut short stores the first half, as a disk that fills up does. */
#define WRITE(name, parameters, call, shorter, end)                                                                         \
    ssize_t name parameters {                                                                                          \
        int why = ours(fd) ? due('w', 1, growth_to(fd, end)) : 0;                                                                          \
        if (why > 0) { errno = why; return -1; }                                                                       \
        if (why < 0) return REAL(name) shorter;                                                                        \
        return REAL(name) call;                                                                                        \
    }
WRITE(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, (size + 1) / 2),
      full() ? lseek64(fd, 0, SEEK_CUR) + (off64_t)size : 0)
WRITE(pwrite, (int fd, const void *data, size_t size, off_t place), (fd, data, size, place),
      (fd, data, (size + 1) / 2, place), place + (off64_t)size)
WRITE(pwrite64, (int fd, const void *data, size_t size, off64_t place), (fd, data, size, place),
      (fd, data, (size + 1) / 2, place), place + (off64_t)size)

ssize_t writev(int fd, const struct iovec *parts, int number) {
    FAIL_IF(ours(fd), 'w', 1, 0);
    return REAL(writev)(fd, parts, number);
}

int fsync(int fd) {
    FAIL_IF(ours(fd), 's', 1, 0);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    FAIL_IF(ours(fd), 's', 1, 0);
    return REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size) {
    FAIL_IF(ours(fd), 't', 1, growth_to(fd, size));
    return REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    FAIL_IF(ours(fd), 't', 1, growth_to(fd, size));
    return REAL(ftruncate64)(fd, size);
}

int unlink(const char *path) {
    FAIL_IF(ours_path(path), 'u', 0, 0);
    struct stat64 about;
    if (full() && ours_path(path) && stat64(path, &about) == 0) room += about.st_size;
    return REAL(unlink)(path);
}

int rename(const char *from, const char *to) {
    FAIL_IF(ours_path(from), 'r', 1, 0);
    return REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
    FAIL_IF(ours_path(path), 'c', 1, 0);
    return REAL(mkdir)(path, mode);
}

void disk_arm(const char *folder, long call, int what, int until_the_end) {
    snprintf(watched, sizeof watched, "%s/", folder);
    at = call;
    fault = what;
    for_ever = until_the_end;
    calls = struck = 0;
    room = 0;
    armed = 1;
}

long disk_disarm(void) {
    armed = 0;
    return struck;
}

long disk_calls(void) { return calls; }

char disk_kind(long call) { return call < MAX_CALLS ? kinds[call] : '?'; }
