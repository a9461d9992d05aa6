/* Sorting on the stack: a network of compare-and-exchange for eight numbers, an insertion sort for a few more, a median
 * and a binary search in what is sorted. */
#include "include/tracing.h"

#define COUNT 12

__u64 medians, exchanges;
__u64 unsorted; /* stays 0 */

#define ORDER(a, b)                                                                                                    \
    if (values[a] > values[b]) {                                                                                       \
        __u32 _value = values[a];                                                                                      \
        values[a] = values[b];                                                                                         \
        values[b] = _value;                                                                                            \
        exchanges++;                                                                                                   \
    }

/* Batcher's odd-even merge sort: 19 comparisons. Returns the number of exchanges: a function of type void may leave a pointer into
 * its frame in R0, which the kernel takes for a result. */
static __noinline __u32 sort_eight(__u32 *values)
{
    __u32 exchanges = 0;

    ORDER(0, 1) ORDER(2, 3) ORDER(4, 5) ORDER(6, 7)
    ORDER(0, 2) ORDER(1, 3) ORDER(4, 6) ORDER(5, 7)
    ORDER(1, 2) ORDER(5, 6)
    ORDER(0, 4) ORDER(1, 5) ORDER(2, 6) ORDER(3, 7)
    ORDER(2, 4) ORDER(3, 5)
    ORDER(1, 2) ORDER(3, 4) ORDER(5, 6)
    return exchanges;
}

static __noinline __u32 insertion_sort(__u32 *values)
{
    __u32 exchanges = 0;

    for (int i = 1; i < COUNT; i++) {
        __u32 value = values[i];

        /* Carries the value down by exchanging, so that every index is constant. */
        for (int j = 0; j < COUNT; j++) {
            __u32 other;

            if (j >= i)
                break;
            other = values[j];
            if (other > value) {
                values[j] = value;
                value = other;
                exchanges++;
            }
        }
        values[i] = value;
    }
    return exchanges;
}

static __noinline int position_of(const __u32 *values, __u32 value)
{
    __u32 low = 0;

#pragma clang loop unroll(full)
    for (__u32 step = 8; step; step /= 2) {
        __u32 middle = low + step;

        if (middle < COUNT && values[middle] <= value)
            low = middle;
    }
    return low;
}

SEC("raw_tracepoint/sys_enter")
int sort(struct bpf_raw_tracepoint_args *ctx)
{
    __u32 eight[8], more[COUNT];

    for (int i = 0; i < 8; i++)
        eight[i] = bpf_get_prandom_u32();
    exchanges += sort_eight(eight);
    for (int i = 1; i < 8; i++)
        unsorted += eight[i - 1] > eight[i];

    for (int i = 0; i < COUNT; i++)
        more[i] = bpf_get_prandom_u32() & 0xff;
    exchanges += insertion_sort(more);
    medians += more[COUNT / 2];
    return position_of(more, 128) > COUNT / 2;
}

char LICENSE[] SEC("license") = "GPL";
