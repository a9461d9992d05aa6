/* Maps and the helpers for them as a C program without eBPF has them: a library for keys and values of any size, shared by any number of threads. */
#pragma once

enum map_kind { ARRAY, HASH };

struct map {
    enum map_kind kind;
    __u32 key_size;
    __u32 value_size;
    __u32 entries;
    struct table *table; /* made by the first call */
};

#define ARRAY_MAP(name, value_type, entries) static struct map name = { ARRAY, sizeof(__u32), sizeof(value_type), entries, 0 }
#define HASH_MAP(name, key_type, value_type, entries) static struct map name = { HASH, sizeof(key_type), sizeof(value_type), entries, 0 }

/* The key's value, or null. */
void *map_lookup(struct map *map, const void *key);

/* 0, or -1 where the map is full. */
long map_update(struct map *map, const void *key, const void *value);

#define LOOKUP(name, key) map_lookup(&(name), (key))
#define UPDATE(name, key, value) map_update(&(name), (key), (value))
