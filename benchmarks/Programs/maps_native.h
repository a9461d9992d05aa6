/* The same maps in plain C, as one would write them by hand for one thread: an array, and a table with open addresses that is at most half full.
 */
#pragma once

#define ARRAY_MAP(name, value_type, entries)                                                                           \
    static value_type name##_values[entries];                                                                          \
    static __always_inline value_type *name##_lookup(const __u32 *key)                                                 \
    {                                                                                                                  \
        return *key < (entries) ? &name##_values[*key] : (void *)0;                                                    \
    }

/* `entries` is a power of two. */
#define HASH_MAP(name, key_type, value_type, entries)                                                                  \
    static struct {                                                                                                    \
        key_type key;                                                                                                  \
        __u32 used;                                                                                                    \
        value_type value;                                                                                              \
    } name##_slots[2 * (entries)];                                                                                     \
    static __always_inline __u32 name##_find(const key_type *key)                                                      \
    {                                                                                                                  \
        __u32 slot = (*key * 2654435761u >> 7) & (2 * (entries) - 1);                                                  \
        while (name##_slots[slot].used && name##_slots[slot].key != *key)                                              \
            slot = (slot + 1) & (2 * (entries) - 1);                                                                   \
        return slot;                                                                                                   \
    }                                                                                                                  \
    static __always_inline value_type *name##_lookup(const key_type *key)                                              \
    {                                                                                                                  \
        __u32 slot = name##_find(key);                                                                                 \
        return name##_slots[slot].used ? &name##_slots[slot].value : (void *)0;                                        \
    }                                                                                                                  \
    static __always_inline long name##_update(const key_type *key, const value_type *value)                            \
    {                                                                                                                  \
        static __u32 count;                                                                                            \
        __u32 slot = name##_find(key);                                                                                 \
        if (!name##_slots[slot].used) {                                                                                \
            if (count == (entries))                                                                                    \
                return -7;                                                                                             \
            count++;                                                                                                   \
            name##_slots[slot].used = 1;                                                                               \
            name##_slots[slot].key = *key;                                                                             \
        }                                                                                                              \
        name##_slots[slot].value = *value;                                                                             \
        return 0;                                                                                                      \
    }

#define LOOKUP(name, key) name##_lookup(key)
#define UPDATE(name, key, value) name##_update((key), (value))
