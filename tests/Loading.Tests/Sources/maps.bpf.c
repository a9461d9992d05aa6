// BTF-defined maps: every member, inner maps, program arrays, map types by name, static maps.
#include "bpf_test.h"

struct event
{
    __u32 pid;
    char comm[16];
};

typedef struct { __u64 a; __u64 b; } pair;

struct
{
    __uint(type, 1);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, pair);
    __uint(map_flags, 1);
    __uint(pinning, 1);
    __uint(numa_node, 0);
    __ulong(map_extra, 0x123456789abc);
} full SEC(".maps");

struct
{
    __uint(type, 2);
    __uint(key_size, 4);
    __uint(value_size, 12);
    __uint(max_entries, 3);
    __uint(map_extra, 7);
} sized SEC(".maps");

struct
{
    __uint(type, 27);
    __uint(max_entries, 4096);
    __type(value, struct event);
} ring SEC(".maps");

struct inner
{
    __uint(type, 1);
    __uint(max_entries, 16);
    __type(key, int);
    __type(value, __u64);
};

struct inner inner_a SEC(".maps"), inner_b SEC(".maps");

struct
{
    __uint(type, 13);
    __uint(max_entries, 4);
    __type(key, __u32);
    __array(values, struct inner);
} outer SEC(".maps") = { .values = { [0] = &inner_a, [3] = &inner_b } };

int target(void *ctx);

struct
{
    __uint(type, 3);
    __uint(max_entries, 2);
    __uint(key_size, 4);
    __array(values, int(void *));
} jumps SEC(".maps") = { .values = { [1] = (void *)&target } };

struct
{
    __uint(max_entries, 8);
    __type(key, __u64);
    __type(value, __u64);
} named SEC(".maps") __attribute__((btf_decl_tag("skep:map_type:acme.geo/trie")));

static struct
{
    __uint(type, 2);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} hidden_map SEC(".maps");

SEC("socket")
int target(void *ctx)
{
    return 2;
}

SEC("socket")
int use(void *ctx)
{
    __u32 key = 0;
    pair value = {};
    bpf_map_update_elem(&full, &key, &value, 0);
    bpf_tail_call(ctx, &jumps, 1);
    __u64 *found = bpf_map_lookup_elem(&named, &value.a);
    __u32 *other = bpf_map_lookup_elem(&hidden_map, &key);
    void *inner = bpf_map_lookup_elem(&outer, &key);
    return (found ? *found : 0) + (other ? *other : 0) + (inner ? 1 : 0);
}
