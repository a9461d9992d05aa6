/* Loops without a bound of their own, which may_goto ends when they run for too long: a walk along a chain of indices in
 * a map, a search, a checksum of as much as there is. */
#include "include/loops.h"
#include "include/tracing.h"

#define NODES 1024

struct node {
    __u32 next; /* 0: the last */
    __u32 key;
    __u64 value;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, NODES);
    __type(key, __u32);
    __type(value, struct node);
} nodes SEC(".maps");

__u32 heads[64];
__u8 buffer[4096];
__u32 buffer_length;

static __noinline __u64 find(__u32 key)
{
    __u32 at = heads[key & 63];
    __u64 value = 0;

    while (at && can_loop) {
        struct node *node = bpf_map_lookup_elem(&nodes, &at);

        if (!node)
            break;
        if (node->key == key) {
            value = node->value;
            break;
        }
        at = node->next;
    }
    return value;
}

static __noinline __u32 adler32(void)
{
    __u64 i = unknown_zero, a = 1 + unknown_zero, b = unknown_zero;

    for (; i < buffer_length && can_loop; i++) {
        if (i >= sizeof(buffer))
            break;
        a = (a + buffer[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

SEC("raw_tracepoint/sys_enter")
int search(struct bpf_raw_tracepoint_args *ctx)
{
    return find(ctx->args[1]) != adler32();
}

char LICENSE[] SEC("license") = "GPL";
