/* Number iterators: loops of a length that is only known at run time, one in another, left early, and an iterator that is
 * used by hand. */
#include "include/loops.h"
#include "include/tracing.h"

#define WIDTH 32
#define HEIGHT 32

struct grid {
    __u8 cells[HEIGHT][WIDTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, struct grid);
} grids SEC(".maps");

const volatile __u32 rounds = 1000;
__u64 alive;

static __always_inline __u32 neighbours(const struct grid *grid, __u64 y, __u64 x)
{
    __u32 count = 0;

    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            if (dy || dx)
                count += grid->cells[(y + dy) & (HEIGHT - 1)][(x + dx) & (WIDTH - 1)];
        }
    }
    return count;
}

/* One generation of Conway's game of life, on a torus. */
SEC("raw_tracepoint/sys_enter")
int live(void *ctx)
{
    __u32 zero = 0, one = 1;
    struct grid *from = bpf_map_lookup_elem(&grids, &zero), *to = bpf_map_lookup_elem(&grids, &one);
    __u64 y, x, count = unknown_zero;

    if (!from || !to)
        return 0;
    bpf_for(y, 0, HEIGHT) {
        bpf_for(x, 0, WIDTH) {
            __u32 near = neighbours(from, y, x);
            __u64 row = y, column = x;
            __u8 cell;

            /* In the inner loop nothing is known of y any more, which the compiler cannot guess: bound it again. */
            barrier_var(row);
            row &= HEIGHT - 1;
            column &= WIDTH - 1;
            barrier_var(near);
            cell = (near | from->cells[row][column]) == 3;
            to->cells[row][column] = cell;
            count += cell;
        }
    }
    alive = count;
    return 0;
}

SEC("raw_tracepoint/sys_exit")
int collatz(void *ctx)
{
    __u64 number = bpf_get_prandom_u32() | 1, steps = unknown_zero;

    bpf_repeat(rounds) {
        if (number == 1)
            break;
        number = number & 1 ? number * 3 + 1 : number / 2;
        steps++;
    }
    return steps > 500;
}

SEC("raw_tracepoint/sched_switch")
int by_hand(void *ctx)
{
    struct bpf_iter_num it;
    int *value, sum = 0;

    bpf_iter_num_new(&it, -5, 5);
    while ((value = bpf_iter_num_next(&it))) {
        if (*value < 0)
            continue;
        sum += *value;
    }
    bpf_iter_num_destroy(&it);
    return sum == 10;
}

char LICENSE[] SEC("license") = "GPL";
