/* Prints how many cores a program gets: the CPU time of spinning threads over the wall time.
 *
 * Usage: cores THREADS MILLISECONDS
 *
 * If something else uses a core, a program that runs on two takes up to twice as
 * long, and a measurement says nothing about the program.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double end;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *spin(void *unused) {
    while (now() < end) {
    }
    return unused;
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 2;
    double seconds = argc > 2 ? atof(argv[2]) * 1e-3 : 0.03;
    pthread_t ids[256];
    if (threads < 1 || threads > 256) {
        fprintf(stderr, "usage: cores THREADS MILLISECONDS\n");
        return 2;
    }
    double start = now();
    end = start + seconds;
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&ids[i], NULL, spin, NULL) != 0) {
            perror("pthread_create");
            return 2;
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    double wall = now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    printf("%.2f\n", cpu / wall);
    return 0;
}
