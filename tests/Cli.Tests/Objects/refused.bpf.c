/* Programs that the verifier refuses, and one that it accepts: what `skep prog verify` says of them is tested. */
#include <skep/bpf.h>

static long (*bpf_get_prandom_u32)(void) = (void *)7;

struct xdp_md {
    __u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16);
    __type(key, __u64);
    __type(value, __u64);
} seen SEC(".maps");

/* One byte short: the comparison proves 13 bytes, and the fourteenth is read. */
SEC("xdp")
int short_check(struct xdp_md *ctx)
{
    unsigned char *data = (void *)(long)ctx->data;
    unsigned char *end = (void *)(long)ctx->data_end;

    if (ctx->ingress_ifindex == 3)
        return 1;
    if (data + 13 > end)
        return 2;
    return data[12] == 8 && data[13] == 0 ? 1 : 2;
}

/* The look-up may find nothing. */
SEC("timer/1s")
int forgot_null(void *ctx)
{
    __u64 key = 7;
    __u64 *count = bpf_map_lookup_elem(&seen, &key);

    *count += 1;
    return 0;
}

/* Goes round until the numbers say otherwise, which nobody knows. */
SEC("timer/20ms")
int spins(void *ctx)
{
    while (bpf_get_prandom_u32() & 1)
        ;
    return 0;
}

/* More branches than a finding shows. */
SEC("timer/1s")
int long_way(void *ctx)
{
    __u64 sum = 0;
    __u64 key = 1;
    __u64 *value;

#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
        if (bpf_get_prandom_u32() == 3)
            return 1;
        asm volatile("" : "+r"(sum));
    }
    value = bpf_map_lookup_elem(&seen, &key);
    return *value;
}

SEC("timer/1s")
int fine(void *ctx)
{
    __u64 key = 7;
    __u64 *count = bpf_map_lookup_elem(&seen, &key);

    if (count)
        *count += 1;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
