/* The recorder: notes what a process does to the files under one folder, below SQLite, in one order for all processes.

   It is preloaded, so that the calls of the C library come here first. A call and its note are made under one lock,
   which forked processes share: what the log calls earlier was earlier. Whatever changes a file in a way that the
   reader of the log does not model is noted as '?', so that nothing is missed in silence.

   The file "said" in the folder is not content: what is written there is what the till says of itself. SQLite's
   shared memory ("-shm") is left out, because whoever opens the journal first makes it anew.

   A record is a head of 32 bytes and then the data; all numbers are as the machine has them. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 1024, LOG_FD = 1000 };

struct head {
    uint32_t kind, length;
    uint64_t ino, offset;
    uint32_t pid, unused;
};

/* Shared by all processes that are forked after the beginning. */
struct shared {
    volatile int lock;
    int64_t room;          /* bytes that the disk still has; below zero: any number */
    int64_t dies_at_call;  /* before the how-manyeth recorded call from now on the process dies; 0: it lives */
    int64_t dies_at_flush; /* the same, of the flushes of a log */
    int64_t sync_fails;    /* the how-manyeth flush of a log from now on fails; 0: none */
};

static struct shared *shared;
static char root[512];
static uint64_t inode_of[FDS]; /* 0: not watched */
static char what_of[FDS];      /* 'f' a file, 'l' SQLite's log, 'd' a folder, 's' what is said */

#define REAL(result, name, ...)                                            \
    static result (*real)(__VA_ARGS__);                                    \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static ssize_t raw_write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, data, size);
}

static void leave(void) { __sync_lock_release(&shared->lock); }

static void die(void) {
    leave();
    _exit(0);
}

static void enter(void) {
    while (__sync_lock_test_and_set(&shared->lock, 1)) sched_yield();
    if (shared->dies_at_call && !--shared->dies_at_call) die();
}

static void note(char kind, uint64_t ino, uint64_t offset, const void *data, size_t size) {
    struct head head = {(uint32_t)kind, (uint32_t)size, ino, offset, (uint32_t)getpid(), 0};
    int before = errno;
    if (raw_write(LOG_FD, &head, sizeof head) != sizeof head || raw_write(LOG_FD, data, size) != (ssize_t)size) _exit(97);
    errno = before;
}

static void note_path(char kind, uint64_t ino, const char *path) { note(kind, ino, 0, path, strlen(path)); }

static int ends(const char *path, const char *with) {
    size_t size = strlen(path), end = strlen(with);
    return size >= end && !strcmp(path + size - end, with);
}

static int watched(const char *path) {
    size_t size = strlen(root);
    return shared && !strncmp(path, root, size) && (path[size] == '/' || !path[size]) && !ends(path, "-shm");
}

static int is_watched(int fd) { return shared && fd >= 0 && fd < FDS && inode_of[fd]; }

/* Called by the process that is recorded, before it opens anything. */
int recorder_begin(const char *folder, const char *log) {
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, LOG_FD) < 0 || strlen(folder) >= sizeof root) return -1;
    close(fd);
    strcpy(root, folder);
    struct shared *made = mmap(0, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED) return -1;
    made->room = -1;
    shared = made;
    struct stat stood;
    if (stat(root, &stood)) return -1;
    note_path('M', stood.st_ino, root);
    return 0;
}

void recorder_room(int64_t bytes) { shared->room = bytes; }
void recorder_sync_fails(int64_t at) { shared->sync_fails = at; }

void recorder_dies(int64_t at_call, int64_t at_flush) {
    shared->dies_at_call = at_call;
    shared->dies_at_flush = at_flush;
}

/* Whether the disk has room for so many bytes more; they are taken from it. */
static int has_room(int64_t more) {
    if (shared->room < 0) return 1;
    if (more > shared->room) return 0;
    shared->room -= more;
    return 1;
}

static int64_t size_of(int fd) {
    struct stat stat;
    return fstat(fd, &stat) ? 0 : stat.st_size;
}

static int opened(int fd, const char *path, int flags, int existed, int64_t size_before) {
    struct stat stat;
    if (fd < 0 || fd >= FDS || fstat(fd, &stat)) return fd;
    inode_of[fd] = stat.st_ino;
    what_of[fd] = S_ISDIR(stat.st_mode) ? 'd' : ends(path, "/said") ? 's' : ends(path, "-wal") ? 'l' : 'f';
    if (what_of[fd] == 's') return fd;
    if (!existed && (flags & O_CREAT)) note_path('C', stat.st_ino, path);
    if (existed && (flags & O_TRUNC) && what_of[fd] != 'd') {
        note('T', stat.st_ino, 0, "", 0);
        has_room(-size_before);
    }
    return fd;
}

#define OPENED(call)                                                       \
    if (!watched(path)) return call;                                       \
    struct stat before;                                                    \
    enter();                                                               \
    int existed = !stat(path, &before);                                    \
    int fd = opened(call, path, flags, existed, existed ? before.st_size : 0); \
    leave();                                                               \
    return fd

#define MODE                                                               \
    mode_t mode = 0;                                                       \
    if (flags & O_CREAT) {                                                 \
        va_list rest;                                                      \
        va_start(rest, flags);                                             \
        mode = (mode_t)va_arg(rest, int);                                  \
        va_end(rest);                                                      \
    }

int open(const char *path, int flags, ...) {
    MODE REAL(int, "open64", const char *, int, ...);
    OPENED(real(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
    MODE REAL(int, "open64", const char *, int, ...);
    OPENED(real(path, flags, mode));
}

int openat(int folder, const char *path, int flags, ...) {
    MODE REAL(int, "openat64", int, const char *, int, ...);
    OPENED(real(folder, path, flags, mode));
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE REAL(int, "openat64", int, const char *, int, ...);
    OPENED(real(folder, path, flags, mode));
}

int close(int fd) {
    REAL(int, "close", int);
    if (fd >= 0 && fd < FDS) inode_of[fd] = 0;
    return real(fd);
}

/* A write of any kind. At an offset below zero the file's own position counts. */
static ssize_t put(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    ssize_t done = -1;
    enter();
    if (what_of[fd] == 's') {
        note('N', 0, 0, data, size);
        leave();
        return (ssize_t)size;
    }
    off64_t at = offset >= 0 ? offset : lseek64(fd, 0, SEEK_CUR);
    int64_t more = at + (int64_t)size - size_of(fd);
    if (!has_room(more > 0 ? more : 0)) {
        errno = ENOSPC;
    } else {
        done = offset >= 0 ? real(fd, data, size, offset) : raw_write(fd, data, size);
        if (offset < 0 && done > 0) at = lseek64(fd, 0, SEEK_CUR) - done; /* it may have been opened to append */
        if (done > 0) note('W', inode_of[fd], (uint64_t)at, data, (size_t)done);
    }
    leave();
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    return is_watched(fd) ? put(fd, data, size, -1) : raw_write(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return is_watched(fd) ? put(fd, data, size, offset) : real(fd, data, size, offset);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    if (is_watched(fd)) note('?', inode_of[fd], 0, "writev", 6);
    return real(fd, parts, count);
}

int ftruncate64(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    if (!is_watched(fd)) return real(fd, size);
    enter();
    int done = -1;
    if (!has_room(size - size_of(fd))) {
        errno = ENOSPC;
    } else {
        done = real(fd, size);
        if (!done) note('T', inode_of[fd], (uint64_t)size, "", 0);
    }
    leave();
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int flushed(int fd, int (*real)(int)) {
    if (!is_watched(fd)) return real(fd);
    int done = -1;
    enter();
    if (what_of[fd] == 'l' && shared->dies_at_flush && !--shared->dies_at_flush) die();
    if (what_of[fd] == 'l' && shared->sync_fails && !--shared->sync_fails) {
        note('F', inode_of[fd], 0, "", 0);
        errno = EIO;
    } else {
        done = real(fd);
        if (!done) note('S', inode_of[fd], 0, "", 0);
    }
    leave();
    return done;
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    return flushed(fd, real);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return flushed(fd, real);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    if (!watched(path)) return real(path);
    struct stat before;
    enter();
    int64_t size = stat(path, &before) ? 0 : before.st_size;
    int done = real(path);
    if (!done) {
        note_path('U', before.st_ino, path);
        has_room(-size);
    }
    leave();
    return done;
}

static int linked(int done, const char *to) {
    struct stat made;
    if (!done && !stat(to, &made)) note_path('L', made.st_ino, to);
    leave();
    return done;
}

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    if (!watched(to)) return real(from, to);
    enter();
    return linked(real(from, to), to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    if (!watched(to)) return real(from_folder, from, to_folder, to, flags);
    enter();
    return linked(real(from_folder, from, to_folder, to, flags), to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    if (!watched(path)) return real(path, mode);
    struct stat made;
    enter();
    int done = real(path, mode);
    if (!done && !stat(path, &made)) note_path('M', made.st_ino, path);
    leave();
    return done;
}

/* What is not modelled. */

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (watched(from) || watched(to)) note_path('?', 0, "rename");
    return real(from, to);
}

int rmdir(const char *path) {
    REAL(int, "rmdir", const char *);
    if (watched(path)) note_path('?', 0, "rmdir");
    return real(path);
}

int posix_fallocate64(int fd, off64_t offset, off64_t size) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    if (is_watched(fd)) note_path('?', inode_of[fd], "posix_fallocate");
    return real(fd, offset, size);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t size) {
    REAL(int, "fallocate64", int, int, off64_t, off64_t);
    if (is_watched(fd)) note_path('?', inode_of[fd], "fallocate");
    return real(fd, mode, offset, size);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
    REAL(void *, "mmap64", void *, size_t, int, int, int, off64_t);
    if (is_watched(fd) && (protection & PROT_WRITE) && (flags & MAP_SHARED)) note_path('?', inode_of[fd], "mmap");
    return real(at, size, protection, flags, fd, offset);
}
