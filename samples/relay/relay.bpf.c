/* Goes on in one of three programs by turns: a program array that is filled in the source, and tail calls. */
#include <skep/bpf.h>

int greet(void *ctx);
int count(void *ctx);
int rest(void *ctx);

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 4);
    __type(key, __u32);
    __array(values, int(void *)); /* which program is where, below */
} stages SEC(".maps") = {
    .values = {
        [0] = &greet,
        [1] = &count,
        [2] = &rest,
    },
};

__u64 turns;

SEC("timer")
int greet(void *ctx)
{
    bpf_printk("greet");
    return 1;
}

SEC("timer")
int count(void *ctx)
{
    bpf_printk("turn %llu", turns);
    return 2;
}

/* A chain may be longer than one program: this one goes on in the first. */
SEC("timer")
int rest(void *ctx)
{
    bpf_tail_call(ctx, &stages, 0);
    return 3;
}

SEC("timer/100ms")
int start(void *ctx)
{
    __u64 turn = turns++;

    bpf_tail_call(ctx, &stages, turn % 4);
    bpf_printk("nobody there"); /* the fourth element is empty */
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
