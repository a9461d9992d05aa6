/* Atomic operations that return what was there: counters that hand out numbers, flags set by or and cleared by and, a
 * maximum by compare-and-exchange, a slot taken over by exchange; on global data, map values and the stack. */
/* variants: *.v3 *.v4: atomic operations that return a value, and all but addition, begin with v3 */
#include "include/tracing.h"

struct shared {
    __u64 next_number;
    __u64 flags;
    __u64 most;
    __u32 owner;
    __u32 small_flags;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 4);
    __type(key, __u32);
    __type(value, struct shared);
} shared_map SEC(".maps");

__u64 all;
__u32 all_small;

static __noinline __u64 raise_to(__u64 *most, __u64 value)
{
    __u64 old = *most;

    for (int i = 0; i < 8; i++) {
        __u64 found;

        if (old >= value)
            break;
        found = __sync_val_compare_and_swap(most, old, value);
        if (found == old)
            return value;
        old = found;
    }
    return old;
}

SEC("raw_tracepoint/sys_enter")
int use_atomics(struct bpf_raw_tracepoint_args *ctx)
{
    __u64 call = ctx->args[1], local = 5, number;
    __u32 slot = call & 3, thread = bpf_get_current_pid_tgid(), former;
    struct shared *shared = bpf_map_lookup_elem(&shared_map, &slot);

    if (!shared)
        return 0;
    number = __sync_fetch_and_add(&shared->next_number, 1);
    __sync_fetch_and_or(&shared->flags, 1ULL << (call & 63));
    __sync_fetch_and_and(&shared->flags, ~(1ULL << (number & 63)));
    __sync_fetch_and_xor(&shared->small_flags, 1u << (number & 31));
    raise_to(&shared->most, call);
    former = __sync_lock_test_and_set(&shared->owner, thread);
    if (__sync_fetch_and_or(&all, 1ULL << (call & 63)) == ~0ULL)
        all_small = __sync_fetch_and_add(&all_small, 2) + former;
    if (__sync_bool_compare_and_swap(&shared->owner, thread, 0))
        __sync_fetch_and_add(&local, number);
    return __sync_fetch_and_and(&local, 0xff) == former;
}

char LICENSE[] SEC("license") = "GPL";
