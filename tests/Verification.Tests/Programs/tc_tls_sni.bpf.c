/* Refuses TLS connections by the server name that the ClientHello asks for. Reads the packet piece by piece with
 * bpf_skb_load_bytes: version, random, session, ciphers, compression, then the extensions. */
#include "include/net.h"

#define MAX_EXTENSIONS 24
#define MAX_HOST 64

struct host {
    char name[MAX_HOST];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct host);
    __type(value, __u32);
} refused_hosts SEC(".maps");

struct record_start {
    __u8 type; /* 22: handshake */
    __u8 version[2];
    __u8 length[2];
    __u8 message; /* 1: ClientHello */
    __u8 message_length[3];
    __u8 hello_version[2];
    __u8 random[32];
    __u8 session_length;
};

static __noinline int load_u16(struct __sk_buff *skb, __u32 offset)
{
    __be16 value = 0;

    return bpf_skb_load_bytes(skb, offset, &value, sizeof(value)) ? -1 : bpf_ntohs(value);
}

/* The offset of the name in the extension server_name, and its length; 0 when there is none. */
static __always_inline __u32 find_name(struct __sk_buff *skb, __u32 offset, __u64 *name_length)
{
    struct record_start hello;
    __u8 compression;
    int length;

    if (bpf_skb_load_bytes(skb, offset, &hello, sizeof(hello)))
        return 0;
    if (hello.type != 22 || hello.version[0] != 3 || hello.message != 1 || hello.session_length > 32)
        return 0;
    offset += sizeof(hello) + hello.session_length;
    length = load_u16(skb, offset);
    if (length < 0)
        return 0;
    offset += 2 + length;
    if (bpf_skb_load_bytes(skb, offset, &compression, 1))
        return 0;
    offset += 1 + compression + 2; /* the length of all extensions is not needed */

    for (int i = 0; i < MAX_EXTENSIONS; i++) {
        int type = load_u16(skb, offset);

        length = load_u16(skb, offset + 2);
        if (type < 0 || length < 0)
            return 0;
        if (type == 0) {
            int name = load_u16(skb, offset + 7);

            if (name <= 0)
                return 0;
            *name_length = name;
            return offset + 9;
        }
        offset += 4 + length;
    }
    return 0;
}

SEC("tc")
int filter_server_names(struct __sk_buff *skb)
{
    struct iphdr ip;
    struct tcphdr tcp;
    struct host host = {};
    __u32 offset = sizeof(struct ethhdr), *hits;
    __u64 length = 0;

    if (skb->protocol != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.protocol != IPPROTO_TCP || ip.ihl < 5)
        return TC_ACT_OK;
    offset += ip.ihl * 4;
    if (bpf_skb_load_bytes(skb, offset, &tcp, sizeof(tcp)) || tcp.dest != bpf_htons(443))
        return TC_ACT_OK;
    offset = find_name(skb, offset + tcp.doff * 4, &length);
    if (!offset)
        return TC_ACT_OK;
    if (length > MAX_HOST - 1)
        length = MAX_HOST - 1;
    barrier_var(length);
    if (length == 0)
        return TC_ACT_OK;
    if (bpf_skb_load_bytes(skb, offset, host.name, length))
        return TC_ACT_OK;

    hits = bpf_map_lookup_elem(&refused_hosts, &host);
    if (!hits)
        return TC_ACT_OK;
    __sync_fetch_and_add(hits, 1);
    return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
