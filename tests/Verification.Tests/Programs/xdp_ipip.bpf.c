/* Both ends of an IP-in-IP tunnel: one program wraps packets for a service, the other unwraps them. */
#include "include/net.h"

struct endpoint {
    __be32 local;
    __be32 remote;
    __u8 mac[ETH_ALEN];
    __u16 flags;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 256);
    __type(key, __be32);
    __type(value, struct endpoint);
} tunnels SEC(".maps");

SEC("xdp")
int encapsulate(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data, *new_eth;
    struct iphdr *inner = data + sizeof(*eth), *outer;
    struct endpoint *tunnel;
    __be32 destination;
    __u16 length;
    __u8 tos, own_mac[ETH_ALEN];

    if ((void *)(inner + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    destination = inner->daddr;
    tunnel = bpf_map_lookup_elem(&tunnels, &destination);
    if (!tunnel)
        return XDP_PASS;
    length = bpf_ntohs(inner->tot_len) + sizeof(*outer);
    tos = inner->tos;
    __builtin_memcpy(own_mac, eth->h_dest, ETH_ALEN);

    if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*outer)))
        return XDP_DROP;
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    new_eth = data;
    outer = data + sizeof(*new_eth);
    if ((void *)(outer + 1) > end)
        return XDP_DROP;

    __builtin_memcpy(new_eth->h_source, own_mac, ETH_ALEN);
    __builtin_memcpy(new_eth->h_dest, tunnel->mac, ETH_ALEN);
    new_eth->h_proto = bpf_htons(ETH_P_IP);
    outer->version = 4;
    outer->ihl = sizeof(*outer) / 4;
    outer->tos = tos;
    outer->tot_len = bpf_htons(length);
    outer->id = 0;
    outer->frag_off = 0;
    outer->ttl = 64;
    outer->protocol = IPPROTO_IPIP;
    outer->check = 0;
    outer->saddr = tunnel->local;
    outer->daddr = tunnel->remote;
    outer->check = ipv4_checksum(outer);
    return XDP_TX;
}

SEC("xdp")
int decapsulate(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data, copy;
    struct iphdr *outer = data + sizeof(*eth), *inner = (void *)(outer + 1);

    if ((void *)(inner + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    if (outer->protocol != IPPROTO_IPIP || outer->ihl != 5 || inner->version != 4)
        return XDP_PASS;
    __builtin_memcpy(&copy, eth, sizeof(copy));
    if (bpf_xdp_adjust_head(ctx, sizeof(*outer)))
        return XDP_DROP;
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    eth = data;
    if ((void *)(eth + 1) > end)
        return XDP_DROP;
    __builtin_memcpy(eth, &copy, sizeof(copy));
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
