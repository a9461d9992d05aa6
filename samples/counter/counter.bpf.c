/* Counts its own runs, by the remainder of the run's number: global data, an array map and a function of the program. */
#include <skep/bpf.h>

#define BUCKETS 4

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, BUCKETS);
    __type(key, __u32);
    __type(value, __u64);
} buckets SEC(".maps");

/* In .bss, which the loader makes an array map of one value. */
__u64 runs;
__u64 latest;

/* The bucket's sum after the addition, or 0 if there is no such bucket. */
static __noinline __u64 add_to_bucket(__u32 bucket, __u64 amount)
{
    __u64 *sum = bpf_map_lookup_elem(&buckets, &bucket);

    if (!sum)
        return 0;
    return __sync_fetch_and_add(sum, amount) + amount;
}

SEC("timer/100ms")
int count(void *ctx)
{
    __u64 run = __sync_fetch_and_add(&runs, 1);

    latest = add_to_bucket(run % BUCKETS, 1);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
