/* Times a native program where calling it costs nothing but a call through a pointer. */
#include <time.h>

struct context {
    unsigned long data;
    unsigned long data_end;
};

/* Nanoseconds of `runs` runs together; the last one's result goes to `result`. */
__attribute__((visibility("default"))) double time_runs(int (*program)(struct context *), struct context *context, long runs, int *result)
{
    struct timespec start, end;
    int last = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < runs; i++)
        last = program(context);
    clock_gettime(CLOCK_MONOTONIC, &end);
    *result = last;
    return (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
}

/* Nanoseconds of `calls` readings of the monotonic clock together: what every clock helper costs at least. */
__attribute__((visibility("default"))) double time_clock(long calls)
{
    struct timespec start, end, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < calls; i++)
        clock_gettime(CLOCK_MONOTONIC, &now);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
}

/* The least that a program can be. */
__attribute__((visibility("default"))) int empty(struct context *context)
{
    return context != 0;
}
