/* Takes a VLAN tag off, puts one on, or changes its number: three programs, moving the packet's start. */
#include "include/net.h"

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, __u16);
    __type(value, __u16);
} translations SEC(".maps");

const volatile __u16 default_vlan = 100;

SEC("xdp")
int vlan_pop(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data, copy;
    struct vlan_hdr *tag = data + sizeof(*eth);

    if ((void *)(tag + 1) > end || eth->h_proto != bpf_htons(ETH_P_8021Q))
        return XDP_PASS;
    __builtin_memcpy(&copy, eth, sizeof(copy));
    copy.h_proto = tag->h_vlan_encapsulated_proto;
    if (bpf_xdp_adjust_head(ctx, sizeof(*tag)))
        return XDP_ABORTED;
    /* What was known of the packet is void. */
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    eth = data;
    if ((void *)(eth + 1) > end)
        return XDP_ABORTED;
    __builtin_memcpy(eth, &copy, sizeof(copy));
    return XDP_PASS;
}

SEC("xdp")
int vlan_push(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data, copy;
    struct vlan_hdr *tag;
    __be16 protocol;

    if ((void *)(eth + 1) > end || eth->h_proto == bpf_htons(ETH_P_8021Q))
        return XDP_PASS;
    __builtin_memcpy(&copy, eth, sizeof(copy));
    protocol = copy.h_proto;
    copy.h_proto = bpf_htons(ETH_P_8021Q);
    if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*tag)))
        return XDP_ABORTED;
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    eth = data;
    tag = data + sizeof(*eth);
    if ((void *)(tag + 1) > end)
        return XDP_ABORTED;
    __builtin_memcpy(eth, &copy, sizeof(copy));
    tag->h_vlan_TCI = bpf_htons(default_vlan);
    tag->h_vlan_encapsulated_proto = protocol;
    return XDP_TX;
}

SEC("xdp")
int vlan_translate(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    struct vlan_hdr *tag = data + sizeof(*eth);
    __u16 number, *translation;

    if ((void *)(tag + 1) > end || eth->h_proto != bpf_htons(ETH_P_8021Q))
        return XDP_PASS;
    number = bpf_ntohs(tag->h_vlan_TCI) & 0xfff;
    translation = bpf_map_lookup_elem(&translations, &number);
    if (!translation)
        return XDP_DROP;
    tag->h_vlan_TCI = (tag->h_vlan_TCI & bpf_htons(0xf000)) | bpf_htons(*translation & 0xfff);
    return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
