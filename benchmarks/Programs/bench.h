/* What every program here includes. Each compiles twice from the same lines: for eBPF, and for this machine. Names and numbers of the eBPF side are
 * the kernel's (include/uapi/linux/bpf.h).
 */
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;

#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))

#define ROTL32(x, n) ((__u32)(x) << (n) | (__u32)(x) >> (32 - (n)))
#define ROTL64(x, n) ((__u64)(x) << (n) | (__u64)(x) >> (64 - (n)))

/* The first `bytes` of the packet, which is longer; a shorter one ends the program. */
#define PACKET(ctx, bytes)                                                                                             \
    ({                                                                                                                 \
        __u8 *_data = (void *)(long)(ctx)->data;                                                                       \
        if (_data + (bytes) > (__u8 *)(long)(ctx)->data_end)                                                           \
            return 0;                                                                                                  \
        _data;                                                                                                         \
    })

#ifdef __bpf__
#include "maps_bpf.h"

struct xdp_md {
    __u32 data;
    __u32 data_end;
    __u32 data_meta;
    __u32 ingress_ifindex;
    __u32 rx_queue_index;
};

/* Variables that outlive a run. Not static: of a static one that is only ever 0 or 1 clang makes a byte, and its types then say another size. */
#define GLOBAL

#define PROGRAM(name)                                                                                                  \
    char _license[] __attribute__((section("license"), used)) = "GPL";                                                 \
    __attribute__((section("xdp"), used)) int name(struct xdp_md *ctx)
#else
#include "maps_native.h"

struct xdp_md {
    unsigned long data;
    unsigned long data_end;
};

#define GLOBAL static

#define PROGRAM(name) __attribute__((visibility("default"))) int program_##name(struct xdp_md *ctx)
#endif
