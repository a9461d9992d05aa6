/* Ethernet, IPv4 and TCP headers of 48 frames: what a filter looks at, and a hash of the connection. */
#include "bench.h"
#include "headers.h"

static __always_inline __u32 parse(__u8 *frame)
{
    struct ethernet *ethernet = (void *)frame;
    struct ipv4 *ip = (void *)(ethernet + 1);
    struct tcp *tcp = (void *)(ip + 1);
    if (ethernet->type != NTOHS(0x0800))
        return 1;
    if (ip->version_and_length != 0x45 || ip->ttl < 2)
        return 2;
    if (ip->protocol != 6 || ip->fragment & NTOHS(0x3fff))
        return 3;
    if (NTOHS(tcp->destination) == 22 || NTOHS(ip->total_length) < 40)
        return 4;
    __u32 hash = (NTOHL(ip->source) ^ NTOHL(ip->destination)) * 2654435761u;
    hash ^= NTOHS(tcp->source) << 16 | NTOHS(tcp->destination);
    return hash + (NTOHS(tcp->flags) & 0x1ff) + NTOHL(tcp->sequence) + NTOHS(tcp->window);
}

PROGRAM(tcp_headers)
{
    __u8 *data = PACKET(ctx, 3072);
    __u32 sum = 0;
    for (int i = 0; i < 3072; i += 64)
        sum = sum * 31 + parse(data + i);
    return sum;
}
