/* Maps and the helpers for them, as eBPF programs have them. */
#pragma once

#define MAP(name, map_type, key_type, value_type, entries)                                                             \
    struct {                                                                                                           \
        int(*type)[map_type];                                                                                          \
        int(*max_entries)[entries];                                                                                    \
        key_type *key;                                                                                                 \
        value_type *value;                                                                                             \
    } name __attribute__((section(".maps"), used))

#define ARRAY_MAP(name, value_type, entries) MAP(name, 2, __u32, value_type, entries)
#define HASH_MAP(name, key_type, value_type, entries) MAP(name, 1, key_type, value_type, entries)

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;

#define LOOKUP(name, key) bpf_map_lookup_elem(&(name), (key))
#define UPDATE(name, key, value) bpf_map_update_elem(&(name), (key), (value), 0)
