/* Arrays and hash tables in plain C: chains of elements that never move, one lock a bucket for those who write. */
#include <stdlib.h>
#include <string.h>

typedef unsigned char __u8;
typedef unsigned int __u32;
typedef unsigned long long __u64;
#include "maps_native.h"

struct element {
    struct element *next;
    __u32 hash;
    __u32 reserved;
    __u8 bytes[]; /* the key, and from the next multiple of 8 on the value */
};

struct bucket {
    struct element *first;
    __u32 locked;
};

struct table {
    __u8 *values; /* of an array */
    struct bucket *buckets;
    __u32 mask;
    __u32 count;
};

static struct table *table_of(struct map *map)
{
    if (!map->table) {
        struct table *table = calloc(1, sizeof(*table));
        table->values = calloc(map->entries, map->value_size);
        table->buckets = calloc(map->entries, sizeof(struct bucket));
        table->mask = map->entries - 1; /* entries are a power of two in every program here */
        map->table = table;
    }
    return map->table;
}

static __u32 hash_of(const __u8 *key, __u32 size)
{
    __u32 hash = size, word = 0;
    for (; size >= 4; size -= 4, key += 4) {
        memcpy(&word, key, 4);
        hash = (hash ^ word) * 0x9e3779b1;
        hash ^= hash >> 15;
    }
    for (; size; size--)
        hash = (hash ^ *key++) * 0x01000193;
    return hash ^ hash >> 13;
}

static __u8 *value_of(struct map *map, struct element *element)
{
    return element->bytes + ((map->key_size + 7) & ~7u);
}

static struct element *find(struct map *map, struct bucket *bucket, const void *key, __u32 hash)
{
    struct element *element = __atomic_load_n(&bucket->first, __ATOMIC_ACQUIRE);
    while (element && (element->hash != hash || memcmp(element->bytes, key, map->key_size)))
        element = element->next;
    return element;
}

void *map_lookup(struct map *map, const void *key)
{
    struct table *table = table_of(map);
    if (map->kind == ARRAY) {
        __u32 index = *(const __u32 *)key;
        return index < map->entries ? table->values + (unsigned long)index * map->value_size : 0;
    }
    __u32 hash = hash_of(key, map->key_size);
    struct element *element = find(map, &table->buckets[hash & table->mask], key, hash);
    return element ? value_of(map, element) : 0;
}

long map_update(struct map *map, const void *key, const void *value)
{
    struct table *table = table_of(map);
    __u32 hash = hash_of(key, map->key_size);
    struct bucket *bucket = &table->buckets[hash & table->mask];
    long result = 0;
    while (__atomic_exchange_n(&bucket->locked, 1, __ATOMIC_ACQUIRE))
        ;
    struct element *element = find(map, bucket, key, hash);
    if (element) {
        memcpy(value_of(map, element), value, map->value_size);
    } else if (__atomic_add_fetch(&table->count, 1, __ATOMIC_RELAXED) <= map->entries) {
        element = calloc(1, sizeof(*element) + ((map->key_size + 7) & ~7u) + map->value_size);
        element->hash = hash;
        element->next = bucket->first;
        memcpy(element->bytes, key, map->key_size);
        memcpy(value_of(map, element), value, map->value_size);
        __atomic_store_n(&bucket->first, element, __ATOMIC_RELEASE);
    } else {
        result = -1;
    }
    __atomic_store_n(&bucket->locked, 0, __ATOMIC_RELEASE);
    return result;
}
