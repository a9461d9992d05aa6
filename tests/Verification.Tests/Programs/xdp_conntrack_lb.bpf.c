/* A layer 4 load balancer that remembers its flows: services by address, port and protocol; backends on a ring of
 * consistent hashing; a table of flows that keeps a flow with its backend while the set of backends changes; delivery
 * in an IP-in-IP or IPv6-in-IPv6 tunnel; answers to ICMP errors about a flow go where the flow goes.
 */
#include "include/net.h"

#define RING_SIZE 4099
#define MAX_SERVICES 128
#define MAX_BACKENDS 1024
#define NSEC_PER_SEC 1000000000ULL

#define SERVICE_NO_FLOW_TABLE (1 << 0)
#define SERVICE_HASH_SOURCE_ONLY (1 << 1)

#define ICMP_ECHOREPLY 0
#define ICMP_DEST_UNREACH 3
#define ICMP_ECHO 8
#define ICMPV6_PKT_TOOBIG 2

struct address {
    union {
        __be32 v4;
        __be32 v6[4];
    };
};

struct service_key {
    struct address address;
    __be16 port;
    __u8 protocol;
    __u8 family;
};

struct service {
    __u32 number;
    __u32 flags;
};

struct flow_key {
    struct address source;
    struct address destination;
    __be16 ports[2];
    __u8 protocol;
    __u8 family;
    __u16 padding;
};

struct flow {
    __u32 backend;
    __u32 padding;
    __u64 last_seen;
};

struct backend {
    struct address address;
    __u8 mac[ETH_ALEN];
    __u8 family;
    __u8 is_draining;
};

struct counters {
    __u64 packets;
    __u64 bytes;
};

enum { STAT_HIT, STAT_MISS, STAT_NEW, STAT_NO_BACKEND, STAT_ICMP, STAT_FRAGMENT, STAT_MALFORMED, STATS };

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_SERVICES);
    __type(key, struct service_key);
    __type(value, struct service);
} services SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 100000);
    __type(key, struct flow_key);
    __type(value, struct flow);
} flows SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, MAX_SERVICES *RING_SIZE);
    __type(key, __u32);
    __type(value, __u32);
} rings SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, MAX_BACKENDS);
    __type(key, __u32);
    __type(value, struct backend);
} backends SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, MAX_SERVICES);
    __type(key, __u32);
    __type(value, struct counters);
} service_counters SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, STATS);
    __type(key, __u32);
    __type(value, __u64);
} stats SEC(".maps");

const volatile __be32 tunnel_source4 = 0x0100007f;
const volatile __be32 tunnel_source6[4] = { 0, 0, 0, 0x01000000 };
const volatile __u64 flow_timeout_ns = 60 * NSEC_PER_SEC;

/* What parsing found out about a packet. */
struct packet {
    struct flow_key flow;
    __u16 length; /* of the IP packet, bytes */
    __u8 tos;
    __u8 is_syn;
    __u8 is_rst;
    __u8 is_error; /* an ICMP error: the flow is that of the packet inside */
};

static __always_inline void stat(__u32 which)
{
    __u64 *count = bpf_map_lookup_elem(&stats, &which);

    if (count)
        (*count)++;
}

static __always_inline int parse_transport(struct cursor *cursor, struct packet *packet, __u8 protocol)
{
    packet->flow.protocol = protocol;
    if (protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = cursor_take(cursor, packet->is_error ? 8 : sizeof(*tcp));

        if (!tcp)
            return -1;
        packet->flow.ports[0] = tcp->source;
        packet->flow.ports[1] = tcp->dest;
        if (!packet->is_error) {
            packet->is_syn = tcp->syn && !tcp->ack;
            packet->is_rst = tcp->rst;
        }
        return 0;
    }
    if (protocol == IPPROTO_UDP) {
        struct udphdr *udp = cursor_take(cursor, sizeof(*udp));

        if (!udp)
            return -1;
        packet->flow.ports[0] = udp->source;
        packet->flow.ports[1] = udp->dest;
        return 0;
    }
    return -1;
}

/* The packet that an ICMP error is about went from us to the client: its flow is the client's, turned round. */
static __always_inline void turn_round(struct flow_key *flow)
{
    struct address address = flow->source;
    __be16 port = flow->ports[0];

    flow->source = flow->destination;
    flow->destination = address;
    flow->ports[0] = flow->ports[1];
    flow->ports[1] = port;
}

static __always_inline int parse_ipv4(struct cursor *cursor, struct packet *packet)
{
    struct iphdr *ip = cursor_ipv4(cursor);

    if (!ip)
        return -1;
    if (ip->frag_off & bpf_htons(IP_OFFSET | IP_MF)) {
        stat(STAT_FRAGMENT);
        return -1;
    }
    packet->length = bpf_ntohs(ip->tot_len);
    packet->tos = ip->tos;
    packet->flow.family = 4;
    if (ip->protocol == IPPROTO_ICMP) {
        struct icmphdr *icmp = cursor_take(cursor, sizeof(*icmp));

        if (!icmp || icmp->type != ICMP_DEST_UNREACH)
            return -1;
        packet->is_error = 1;
        ip = cursor_ipv4(cursor);
        if (!ip)
            return -1;
        stat(STAT_ICMP);
    }
    packet->flow.source.v4 = ip->saddr;
    packet->flow.destination.v4 = ip->daddr;
    if (parse_transport(cursor, packet, ip->protocol))
        return -1;
    if (packet->is_error)
        turn_round(&packet->flow);
    return 0;
}

static __always_inline int parse_ipv6(struct cursor *cursor, struct packet *packet)
{
    struct ipv6hdr *ip = cursor_take(cursor, sizeof(*ip));

    if (!ip)
        return -1;
    packet->length = bpf_ntohs(ip->payload_len) + sizeof(*ip);
    packet->tos = ip->priority << 4 | ip->flow_lbl[0] >> 4;
    packet->flow.family = 6;
    if (ip->nexthdr == IPPROTO_FRAGMENT) {
        stat(STAT_FRAGMENT);
        return -1;
    }
    if (ip->nexthdr == IPPROTO_ICMPV6) {
        struct icmphdr *icmp = cursor_take(cursor, sizeof(*icmp));

        if (!icmp || icmp->type != ICMPV6_PKT_TOOBIG)
            return -1;
        packet->is_error = 1;
        ip = cursor_take(cursor, sizeof(*ip));
        if (!ip)
            return -1;
        stat(STAT_ICMP);
    }
    __builtin_memcpy(&packet->flow.source, &ip->saddr, sizeof(ip->saddr));
    __builtin_memcpy(&packet->flow.destination, &ip->daddr, sizeof(ip->daddr));
    if (parse_transport(cursor, packet, ip->nexthdr))
        return -1;
    if (packet->is_error)
        turn_round(&packet->flow);
    return 0;
}

static __always_inline __u32 hash_flow(const struct flow_key *flow, bool source_only)
{
    __u32 ports = source_only ? 0 : (__u32)flow->ports[0] << 16 | flow->ports[1];
    __u32 hash = jhash_3words(flow->source.v6[0], flow->source.v6[1], flow->source.v6[2], flow->protocol);

    return jhash_3words(flow->source.v6[3], ports, hash, 0x1eaf);
}

static __noinline struct backend *backend_of_ring(const struct flow_key *flow, __u32 number, __u32 flags, __u32 *chosen)
{
    __u32 slot, *index;

    if (number >= MAX_SERVICES)
        return NULL;
    slot = number * RING_SIZE + hash_flow(flow, flags & SERVICE_HASH_SOURCE_ONLY) % RING_SIZE;
    index = bpf_map_lookup_elem(&rings, &slot);
    if (!index)
        return NULL;
    *chosen = *index;
    return bpf_map_lookup_elem(&backends, index);
}

static __always_inline struct backend *choose_backend(struct packet *packet, const struct service *service)
{
    __u64 now = bpf_ktime_get_ns();
    struct flow fresh = {}, *known;
    struct backend *backend;

    if (!(service->flags & SERVICE_NO_FLOW_TABLE) && !packet->is_syn) {
        known = bpf_map_lookup_elem(&flows, &packet->flow);
        if (known && now - known->last_seen < flow_timeout_ns) {
            __u32 index = known->backend;

            backend = bpf_map_lookup_elem(&backends, &index);
            if (backend) {
                known->last_seen = now;
                stat(STAT_HIT);
                if (packet->is_rst)
                    bpf_map_delete_elem(&flows, &packet->flow);
                return backend;
            }
        }
        stat(STAT_MISS);
    }
    backend = backend_of_ring(&packet->flow, service->number, service->flags, &fresh.backend);
    if (!backend || (backend->is_draining && packet->is_syn)) {
        stat(STAT_NO_BACKEND);
        return NULL;
    }
    if (!(service->flags & SERVICE_NO_FLOW_TABLE) && !packet->is_rst && !packet->is_error) {
        fresh.last_seen = now;
        bpf_map_update_elem(&flows, &packet->flow, &fresh, BPF_ANY);
        stat(STAT_NEW);
    }
    return backend;
}

static __always_inline int send_ipv4(struct xdp_md *ctx, const struct packet *packet, const struct backend *backend)
{
    struct ethhdr *eth;
    struct iphdr *ip;
    struct cursor cursor;
    __u8 own_mac[ETH_ALEN];

    cursor = xdp_cursor(ctx);
    eth = cursor_take(&cursor, sizeof(*eth));
    if (!eth)
        return XDP_DROP;
    __builtin_memcpy(own_mac, eth->h_dest, ETH_ALEN);
    if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*ip)))
        return XDP_DROP;
    cursor = xdp_cursor(ctx);
    eth = cursor_take(&cursor, sizeof(*eth));
    if (!eth)
        return XDP_DROP;
    ip = cursor_take(&cursor, sizeof(*ip));
    if (!ip)
        return XDP_DROP;
    __builtin_memcpy(eth->h_source, own_mac, ETH_ALEN);
    __builtin_memcpy(eth->h_dest, backend->mac, ETH_ALEN);
    eth->h_proto = bpf_htons(ETH_P_IP);
    __builtin_memset(ip, 0, sizeof(*ip));
    ip->version = 4;
    ip->ihl = sizeof(*ip) / 4;
    ip->tos = packet->tos;
    ip->tot_len = bpf_htons(packet->length + sizeof(*ip));
    ip->ttl = 64;
    ip->protocol = IPPROTO_IPIP;
    /* The source carries bits of the flow, so that the receiver's queues differ for different flows. */
    ip->saddr = tunnel_source4 ^ ((__u32)packet->flow.ports[0] << 16);
    ip->daddr = backend->address.v4;
    ip->check = ipv4_checksum(ip);
    return XDP_TX;
}

static __always_inline int send_ipv6(struct xdp_md *ctx, const struct packet *packet, const struct backend *backend)
{
    struct ethhdr *eth;
    struct ipv6hdr *ip;
    struct cursor cursor;
    __u8 own_mac[ETH_ALEN];

    cursor = xdp_cursor(ctx);
    eth = cursor_take(&cursor, sizeof(*eth));
    if (!eth)
        return XDP_DROP;
    __builtin_memcpy(own_mac, eth->h_dest, ETH_ALEN);
    if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*ip)))
        return XDP_DROP;
    cursor = xdp_cursor(ctx);
    eth = cursor_take(&cursor, sizeof(*eth));
    if (!eth)
        return XDP_DROP;
    ip = cursor_take(&cursor, sizeof(*ip));
    if (!ip)
        return XDP_DROP;
    __builtin_memcpy(eth->h_source, own_mac, ETH_ALEN);
    __builtin_memcpy(eth->h_dest, backend->mac, ETH_ALEN);
    eth->h_proto = bpf_htons(ETH_P_IPV6);
    __builtin_memset(ip, 0, sizeof(*ip));
    ip->version = 6;
    ip->priority = packet->tos >> 4;
    ip->flow_lbl[0] = packet->tos << 4;
    ip->payload_len = bpf_htons(packet->length);
    ip->nexthdr = packet->flow.family == 6 ? 41 : IPPROTO_IPIP;
    ip->hop_limit = 64;
    for (int i = 0; i < 3; i++)
        ip->saddr.u6_addr32[i] = tunnel_source6[i];
    ip->saddr.u6_addr32[3] = tunnel_source6[3] ^ packet->flow.ports[0];
    __builtin_memcpy(&ip->daddr, &backend->address, sizeof(ip->daddr));
    return XDP_TX;
}

SEC("xdp")
int balance_flows(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct packet packet = {};
    struct service_key key = {};
    struct service *service;
    struct backend *backend;
    struct counters *counters;
    struct ethhdr *eth;
    int protocol = cursor_ethernet(&cursor, &eth), failed;
    __u32 number;

    if (protocol == bpf_htons(ETH_P_IP))
        failed = parse_ipv4(&cursor, &packet);
    else if (protocol == bpf_htons(ETH_P_IPV6))
        failed = parse_ipv6(&cursor, &packet);
    else
        return XDP_PASS;
    if (failed) {
        stat(STAT_MALFORMED);
        return XDP_PASS;
    }

    key.address = packet.flow.destination;
    key.port = packet.flow.ports[1];
    key.protocol = packet.flow.protocol;
    key.family = packet.flow.family;
    service = bpf_map_lookup_elem(&services, &key);
    if (!service) {
        key.port = 0; /* a service for all ports */
        service = bpf_map_lookup_elem(&services, &key);
        if (!service)
            return XDP_PASS;
    }
    backend = choose_backend(&packet, service);
    if (!backend)
        return XDP_DROP;

    number = service->number;
    counters = bpf_map_lookup_elem(&service_counters, &number);
    if (counters) {
        counters->packets++;
        counters->bytes += packet.length;
    }
    return backend->family == 6 ? send_ipv6(ctx, &packet, backend) : send_ipv4(ctx, &packet, backend);
}

char LICENSE[] SEC("license") = "GPL";
