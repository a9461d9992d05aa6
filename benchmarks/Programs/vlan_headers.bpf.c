/* Up to two VLAN tags between Ethernet and IPv4, in 48 frames, each step checked against the end as programs for packets do. */
#include "bench.h"
#include "headers.h"

static __always_inline __u32 parse(__u8 *frame, __u8 *end)
{
    struct ethernet *ethernet = (void *)frame;
    if ((__u8 *)(ethernet + 1) > end)
        return 1;
    __u16 type = ethernet->type;
    __u8 *next = (__u8 *)(ethernet + 1);
    __u32 tags = 0;
    for (int i = 0; i < 2; i++) {
        if (type != NTOHS(0x8100) && type != NTOHS(0x88a8))
            break;
        struct vlan *vlan = (void *)next;
        if ((__u8 *)(vlan + 1) > end)
            return 2;
        tags = tags << 12 | (NTOHS(vlan->tag) & 0xfff);
        type = vlan->type;
        next += sizeof(*vlan);
    }
    if (type != NTOHS(0x0800))
        return 3 + tags;
    struct ipv4 *ip = (void *)next;
    if ((__u8 *)(ip + 1) > end)
        return 4;
    return (tags ^ NTOHL(ip->source)) + ip->protocol;
}

PROGRAM(vlan_headers)
{
    __u8 *end = (__u8 *)(long)ctx->data_end;
    __u8 *data = PACKET(ctx, 3072);
    __u32 sum = 0;
    for (int i = 0; i < 3072; i += 64)
        sum = sum * 31 + parse(data + i, end);
    return sum;
}
