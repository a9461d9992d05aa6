// The older "maps" section.
#include "bpf_test.h"

struct bpf_map_def
{
    __u32 type;
    __u32 key_size;
    __u32 value_size;
    __u32 max_entries;
    __u32 map_flags;
};

struct bpf_map_def SEC("maps") counters = { .type = 2, .key_size = 4, .value_size = 8, .max_entries = 256 };
struct bpf_map_def SEC("maps") seen = { .type = 1, .key_size = 16, .value_size = 4, .max_entries = 10, .map_flags = 1 };

SEC("socket")
int count(void *ctx)
{
    __u32 key = 3;
    __u64 *value = bpf_map_lookup_elem(&counters, &key);
    if (value)
        *value += 1;
    char wide[16] = {};
    return bpf_map_lookup_elem(&seen, wide) != 0;
}
