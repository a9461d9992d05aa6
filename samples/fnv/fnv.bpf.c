/* A function and nothing else: no context, no map, no helper. The 64-bit FNV-1a hash of `length` bytes at `data`. */
#include <skep/bpf.h>

SEC("raw")
unsigned long fnv(const unsigned char *data, unsigned long length)
{
    unsigned long hash = 0xcbf29ce484222325;

    for (unsigned long i = 0; i < length; i++) {
        hash ^= data[i];
        hash *= 0x100000001b3;
    }
    return hash;
}
