/* Runs one program and prints the time and the memory that it took.
 *
 * Usage: launch STDIN STDOUT PROGRAM ARGUMENT...
 * Prints "wall user system peak status": seconds, seconds, seconds, KiB, wait status.
 *
 * A child starts with the peak memory of the process that spawned it, so the
 * measuring process must be smaller than anything it measures: hence C, and
 * not the Python script itself. Children that the program waited for (a
 * shell's pipeline) count: CPU times are added, and the largest peak counts.
 */

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: launch STDIN STDOUT PROGRAM ARGUMENT...\n");
        return 2;
    }
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, argv[1], O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);

    pid_t child;
    double start = now();
    int error = posix_spawnp(&child, argv[3], &files, NULL, argv + 3, environ);
    if (error != 0) {
        fprintf(stderr, "cannot start %s: %s\n", argv[3], strerror(error));
        return 2;
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            perror("wait4");
            return 2;
        }
    }
    double wall = now() - start;
    printf("%.9f %.6f %.6f %ld %d\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
           usage.ru_maxrss, status);
    return 0;
}
