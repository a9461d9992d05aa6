/* Accounts and limits the traffic of a control group: bytes by direction and peer, and a switch that cuts a peer off. */
#include "include/net.h"

struct peer {
    __be32 address;
    __u32 is_egress;
};

struct traffic {
    __u64 packets;
    __u64 bytes;
    __u64 denied;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, struct peer);
    __type(value, struct traffic);
} traffic_by_peer SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, __u64);
} bytes_by_socket SEC(".maps");

__u64 byte_limit = 0; /* 0: none */

static __always_inline int account(struct __sk_buff *skb, bool is_egress)
{
    struct iphdr *ip = (void *)(long)skb->data; /* the packet begins with its IP header here */
    struct peer peer = { .is_egress = is_egress };
    struct traffic *traffic;
    __u64 cookie, limit = byte_limit;

    if ((void *)(ip + 1) > (void *)(long)skb->data_end || ip->version != 4)
        return 1;
    peer.address = is_egress ? ip->daddr : ip->saddr;
    traffic = bpf_map_lookup_elem(&traffic_by_peer, &peer);
    if (!traffic) {
        struct traffic first = { .packets = 1, .bytes = skb->len };

        bpf_map_update_elem(&traffic_by_peer, &peer, &first, BPF_NOEXIST);
        return 1;
    }
    if (limit && traffic->bytes > limit) {
        __sync_fetch_and_add(&traffic->denied, 1);
        return 0;
    }
    __sync_fetch_and_add(&traffic->packets, 1);
    __sync_fetch_and_add(&traffic->bytes, skb->len);
    cookie = bpf_get_socket_cookie(skb);
    map_add(&bytes_by_socket, &cookie, skb->len);
    return 1;
}

SEC("cgroup_skb/ingress")
int account_ingress(struct __sk_buff *skb)
{
    return account(skb, false);
}

SEC("cgroup_skb/egress")
int account_egress(struct __sk_buff *skb)
{
    return account(skb, true);
}

char LICENSE[] SEC("license") = "GPL";
