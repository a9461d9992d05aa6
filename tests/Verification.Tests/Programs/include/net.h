/* Packets: contexts of the networking program types, headers, byte order, checksums. */
#pragma once

#include "bpf.h"

#define bpf_htons(x) ((__be16)(__builtin_constant_p(x) ? (__u16)((((x) & 0xff) << 8) | (((x) >> 8) & 0xff)) : __builtin_bswap16(x)))
#define bpf_ntohs(x) bpf_htons(x)
#define bpf_htonl(x) ((__be32)__builtin_bswap32(x))
#define bpf_ntohl(x) bpf_htonl(x)

enum xdp_action {
    XDP_ABORTED,
    XDP_DROP,
    XDP_PASS,
    XDP_TX,
    XDP_REDIRECT,
};

enum {
    TC_ACT_UNSPEC = -1,
    TC_ACT_OK = 0,
    TC_ACT_SHOT = 2,
    TC_ACT_PIPE = 3,
};

struct xdp_md {
    __u32 data;
    __u32 data_end;
    __u32 data_meta;
    __u32 ingress_ifindex;
    __u32 rx_queue_index;
    __u32 egress_ifindex;
};

struct __sk_buff {
    __u32 len;
    __u32 pkt_type;
    __u32 mark;
    __u32 queue_mapping;
    __u32 protocol;
    __u32 vlan_present;
    __u32 vlan_tci;
    __u32 vlan_proto;
    __u32 priority;
    __u32 ingress_ifindex;
    __u32 ifindex;
    __u32 tc_index;
    __u32 cb[5];
    __u32 hash;
    __u32 tc_classid;
    __u32 data;
    __u32 data_end;
    __u32 napi_id;
    __u32 family;
    __u32 remote_ip4;
    __u32 local_ip4;
    __u32 remote_ip6[4];
    __u32 local_ip6[4];
    __u32 remote_port;
    __u32 local_port;
    __u32 data_meta;
    __u64 flow_keys;
    __u64 tstamp;
    __u32 wire_len;
    __u32 gso_segs;
    __u64 sk;
    __u32 gso_size;
};

struct bpf_sock_addr {
    __u32 user_family;
    __u32 user_ip4;
    __u32 user_ip6[4];
    __u32 user_port;
    __u32 family;
    __u32 type;
    __u32 protocol;
};

#define ETH_ALEN 6
#define ETH_P_IP 0x0800
#define ETH_P_ARP 0x0806
#define ETH_P_8021Q 0x8100
#define ETH_P_8021AD 0x88a8
#define ETH_P_IPV6 0x86dd

struct ethhdr {
    __u8 h_dest[ETH_ALEN];
    __u8 h_source[ETH_ALEN];
    __be16 h_proto;
} __attribute__((packed));

struct vlan_hdr {
    __be16 h_vlan_TCI;
    __be16 h_vlan_encapsulated_proto;
};

#define IPPROTO_HOPOPTS 0
#define IPPROTO_ICMP 1
#define IPPROTO_IPIP 4
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6 58
#define IPPROTO_NONE 59
#define IPPROTO_DSTOPTS 60

#define IP_MF 0x2000
#define IP_OFFSET 0x1fff

struct iphdr {
    __u8 ihl : 4;
    __u8 version : 4;
    __u8 tos;
    __be16 tot_len;
    __be16 id;
    __be16 frag_off;
    __u8 ttl;
    __u8 protocol;
    __u16 check;
    __be32 saddr;
    __be32 daddr;
};

struct in6_addr {
    union {
        __u8 u6_addr8[16];
        __be32 u6_addr32[4];
    };
};

struct ipv6hdr {
    __u8 priority : 4;
    __u8 version : 4;
    __u8 flow_lbl[3];
    __be16 payload_len;
    __u8 nexthdr;
    __u8 hop_limit;
    struct in6_addr saddr;
    struct in6_addr daddr;
};

struct ipv6_opt_hdr {
    __u8 nexthdr;
    __u8 hdrlen; /* in units of 8 bytes, without the first */
};

struct tcphdr {
    __be16 source;
    __be16 dest;
    __be32 seq;
    __be32 ack_seq;
    __u16 res1 : 4;
    __u16 doff : 4;
    __u16 fin : 1;
    __u16 syn : 1;
    __u16 rst : 1;
    __u16 psh : 1;
    __u16 ack : 1;
    __u16 urg : 1;
    __u16 ece : 1;
    __u16 cwr : 1;
    __be16 window;
    __u16 check;
    __be16 urg_ptr;
};

struct udphdr {
    __be16 source;
    __be16 dest;
    __be16 len;
    __u16 check;
};

struct icmphdr {
    __u8 type;
    __u8 code;
    __u16 checksum;
    __be16 id;
    __be16 sequence;
};

/* What is left of a packet while it is parsed. */
struct cursor {
    void *pos;
    void *end;
};

static __always_inline struct cursor xdp_cursor(struct xdp_md *ctx)
{
    return (struct cursor){ (void *)(long)ctx->data, (void *)(long)ctx->data_end };
}

static __always_inline struct cursor skb_cursor(struct __sk_buff *skb)
{
    return (struct cursor){ (void *)(long)skb->data, (void *)(long)skb->data_end };
}

/* The next `size` bytes, or NULL if the packet has no such many. */
static __always_inline void *cursor_take(struct cursor *cursor, __u32 size)
{
    void *taken = cursor->pos;

    if (taken + size > cursor->end)
        return NULL;
    cursor->pos = taken + size;
    return taken;
}

/* The Ethernet header and at most two VLAN tags; the protocol behind them, or -1. */
static __always_inline int cursor_ethernet(struct cursor *cursor, struct ethhdr **ethernet)
{
    struct ethhdr *eth = cursor_take(cursor, sizeof(*eth));
    __be16 protocol;

    if (!eth)
        return -1;
    *ethernet = eth;
    protocol = eth->h_proto;
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
        struct vlan_hdr *tag;

        if (protocol != bpf_htons(ETH_P_8021Q) && protocol != bpf_htons(ETH_P_8021AD))
            break;
        tag = cursor_take(cursor, sizeof(*tag));
        if (!tag)
            return -1;
        protocol = tag->h_vlan_encapsulated_proto;
    }
    return protocol;
}

/* The IPv4 header; the cursor is behind its options. */
static __always_inline struct iphdr *cursor_ipv4(struct cursor *cursor)
{
    struct iphdr *ip = cursor->pos;
    __u32 length;

    if ((void *)(ip + 1) > cursor->end)
        return NULL;
    length = ip->ihl * 4;
    if (length < sizeof(*ip))
        return NULL;
    if (cursor->pos + length > cursor->end)
        return NULL;
    cursor->pos += length;
    return ip;
}

static __always_inline __u16 csum_fold(__u32 sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

/* RFC 1624: the checksum after a 16-bit or a 32-bit field has changed. */
static __always_inline void csum_replace2(__u16 *check, __be16 from, __be16 to)
{
    *check = csum_fold((__u16)~*check + (__u32)(__u16)~from + to);
}

static __always_inline void csum_replace4(__u16 *check, __be32 from, __be32 to)
{
    csum_replace2(check, from >> 16, to >> 16);
    csum_replace2(check, from & 0xffff, to & 0xffff);
}

/* The checksum of an IPv4 header without options, whose field `check` is 0. */
static __always_inline __u16 ipv4_checksum(const struct iphdr *ip)
{
    const __u16 *words = (const __u16 *)ip;
    __u32 sum = 0;

#pragma clang loop unroll(full)
    for (int i = 0; i < sizeof(*ip) / 2; i++)
        sum += words[i];
    return csum_fold(sum);
}

static __always_inline void swap_ethernet(struct ethhdr *eth)
{
    __u8 address[ETH_ALEN];

    __builtin_memcpy(address, eth->h_dest, ETH_ALEN);
    __builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
    __builtin_memcpy(eth->h_source, address, ETH_ALEN);
}

/* Bob Jenkins' mix of three words. */
static __always_inline __u32 rotate_left(__u32 word, __u32 shift)
{
    return (word << shift) | (word >> (32 - shift));
}

static __always_inline __u32 jhash_3words(__u32 a, __u32 b, __u32 c, __u32 seed)
{
    seed += 0xdeadbeef + (3 << 2);
    a += seed;
    b += seed;
    c += seed;
    c ^= b;
    c -= rotate_left(b, 14);
    a ^= c;
    a -= rotate_left(c, 11);
    b ^= a;
    b -= rotate_left(a, 25);
    c ^= b;
    c -= rotate_left(b, 16);
    a ^= c;
    a -= rotate_left(c, 4);
    b ^= a;
    b -= rotate_left(a, 14);
    c ^= b;
    c -= rotate_left(b, 24);
    return c;
}
