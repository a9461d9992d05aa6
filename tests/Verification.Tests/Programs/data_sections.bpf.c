/* All kinds of global data: .rodata that user space sets, .data with initial values, .bss, a section of its own name,
 * arrays and structs in them with indices that are only known at run time, static variables inside of functions. */
#include "include/tracing.h"

enum mode { MODE_OFF, MODE_COUNT, MODE_TRACE };

struct rule {
    __u32 syscall;
    __u32 weight;
};

const volatile enum mode mode = MODE_COUNT;
const volatile __u32 sample_shift = 4;
const volatile struct rule rules[] = { { 0, 1 }, { 1, 1 }, { 59, 100 }, { 62, 20 }, { 101, 50 }, { 257, 2 } };
const volatile char label[8] = "audit";

__u32 budget = 1000000;
__s64 balances[4] = { 10, -20, 30, -40 };
struct {
    __u64 seen;
    __u64 matched;
    __u32 last[8];
} totals;

static __u64 by_weight[128];
__u64 late SEC(".data.late") = 7;

static __noinline __u32 weigh(__u32 syscall)
{
    static __u64 calls;
    __u32 weight = 0;

    calls++;
    for (int i = 0; i < ARRAY_SIZE(rules); i++) {
        if (rules[i].syscall == syscall)
            weight += rules[i].weight;
    }
    return calls >> sample_shift ? weight : 0;
}

SEC("raw_tracepoint/sys_enter")
int audit(struct bpf_raw_tracepoint_args *ctx)
{
    __u32 syscall = ctx->args[1], weight;

    if (mode == MODE_OFF)
        return 0;
    totals.last[totals.seen++ & 7] = syscall;
    weight = weigh(syscall);
    if (!weight)
        return 0;
    totals.matched++;
    if (weight < ARRAY_SIZE(by_weight))
        by_weight[weight]++;
    balances[syscall & 3] -= weight;
    late += balances[(syscall + 1) & 3] < 0;
    if (budget < weight)
        return 0;
    budget -= weight;
    if (mode == MODE_TRACE && label[0])
        bpf_printk("call %d weighs %d", syscall, weight);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
