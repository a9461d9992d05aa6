/* A load balancer for one service: the flow's hash chooses a backend out of an array, the packet gets its address and
 * its link address, and is sent out where it came in. */
#include "include/net.h"

#define MAX_BACKENDS 64

struct backend {
    __be32 address;
    __u8 mac[ETH_ALEN];
    __u16 enabled;
    __u64 packets;
    __u64 bytes;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, MAX_BACKENDS);
    __type(key, __u32);
    __type(value, struct backend);
} backends SEC(".maps");

const volatile __be32 service_address = 0x0a00000a;
const volatile __be16 service_port = bpf_htons(443);
const volatile __u32 backend_count = 16;
const volatile __u8 own_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

static __always_inline struct backend *choose(__u32 hash)
{
    __u32 count = backend_count;

    if (count == 0 || count > MAX_BACKENDS)
        return NULL;
    /* The next three are tried too, for backends that are out of service. */
    for (int i = 0; i < 4; i++) {
        __u32 index = (hash + i) % count;
        struct backend *backend = bpf_map_lookup_elem(&backends, &index);

        if (backend && backend->enabled)
            return backend;
    }
    return NULL;
}

SEC("xdp")
int balance(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    struct iphdr *ip;
    __be16 source, destination;
    __u16 *check;
    struct backend *backend;
    __be32 address;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip || ip->daddr != service_address)
        return XDP_PASS;

    if (ip->protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = cursor_take(&cursor, sizeof(*tcp));

        if (!tcp)
            return XDP_DROP;
        source = tcp->source;
        destination = tcp->dest;
        check = &tcp->check;
    } else if (ip->protocol == IPPROTO_UDP) {
        struct udphdr *udp = cursor_take(&cursor, sizeof(*udp));

        if (!udp)
            return XDP_DROP;
        source = udp->source;
        destination = udp->dest;
        check = udp->check ? &udp->check : NULL;
    } else {
        return XDP_PASS;
    }
    if (destination != service_port)
        return XDP_PASS;

    backend = choose(jhash_3words(ip->saddr, ip->protocol, source, 0x5ca1ab1e));
    if (!backend)
        return XDP_DROP;
    address = ip->daddr;
    ip->daddr = backend->address;
    csum_replace4(&ip->check, address, backend->address);
    if (check)
        csum_replace4(check, address, backend->address);
    __builtin_memcpy(eth->h_dest, backend->mac, ETH_ALEN);
    for (int i = 0; i < ETH_ALEN; i++)
        eth->h_source[i] = own_mac[i];
    __sync_fetch_and_add(&backend->packets, 1);
    __sync_fetch_and_add(&backend->bytes, bpf_ntohs(ip->tot_len));
    return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
