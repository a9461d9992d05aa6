/* A hierarchical token bucket: each class borrows from its parent when its own bucket is empty. Tokens come with time,
 * computed in fixed point; buckets are map values with locks. */
#include "include/net.h"

#define LEVELS 3
#define NSEC_PER_SEC 1000000000ULL

struct bucket {
    struct bpf_spin_lock lock;
    __u32 parent; /* ~0: none */
    __u64 rate; /* bytes a second */
    __u64 burst; /* bytes */
    __u64 tokens;
    __u64 updated;
    __u64 borrowed;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, struct bucket);
} buckets SEC(".maps");

/* Takes tokens out; whether there were enough. */
static __always_inline bool take(struct bucket *bucket, __u64 now, __u64 bytes)
{
    __u64 elapsed, tokens;
    bool is_enough;

    bpf_spin_lock(&bucket->lock);
    elapsed = now - bucket->updated;
    if ((__s64)elapsed < 0)
        elapsed = 0;
    if (elapsed > NSEC_PER_SEC)
        elapsed = NSEC_PER_SEC;
    tokens = bucket->tokens + elapsed * bucket->rate / NSEC_PER_SEC;
    if (tokens > bucket->burst)
        tokens = bucket->burst;
    is_enough = tokens >= bytes;
    if (is_enough)
        tokens -= bytes;
    bucket->tokens = tokens;
    bucket->updated = now;
    bpf_spin_unlock(&bucket->lock);
    return is_enough;
}

SEC("tc")
int shape(struct __sk_buff *skb)
{
    __u32 class = skb->priority & 63, first = class;
    __u64 now = bpf_ktime_get_ns(), bytes = skb->wire_len;
    int verdict = TC_ACT_SHOT;

    for (int level = 0; level < LEVELS; level++) {
        struct bucket *bucket = bpf_map_lookup_elem(&buckets, &class);

        if (!bucket)
            break;
        if (bucket->rate == 0 || take(bucket, now, bytes)) {
            if (class != first)
                __sync_fetch_and_add(&bucket->borrowed, bytes);
            verdict = TC_ACT_OK;
            break;
        }
        class = bucket->parent;
    }
    return verdict;
}

char LICENSE[] SEC("license") = "GPL";
