/* The states of TCP connections as a table in .rodata: state and event give the next state and what to do. Both ends'
 * packets go through it; what the table does not know is counted as odd. */
#include "include/net.h"

enum state { CLOSED, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, STATES };
enum event { EVENT_SYN, EVENT_SYN_ACK, EVENT_ACK, EVENT_FIN, EVENT_RST, EVENTS };
enum action { ACTION_NONE = 0, ACTION_OPEN = 1, ACTION_CLOSE = 2, ACTION_ODD = 4 };

struct transition {
    __u8 next;
    __u8 action;
};

#define ODD(state) { state, ACTION_ODD }

static const volatile struct transition table[2][STATES][EVENTS] = {
    /* from the client */
    {
        [CLOSED] = { { SYN_SENT, 0 }, ODD(CLOSED), ODD(CLOSED), ODD(CLOSED), { CLOSED, 0 } },
        [SYN_SENT] = { { SYN_SENT, 0 }, ODD(SYN_SENT), ODD(SYN_SENT), ODD(SYN_SENT), { CLOSED, 0 } },
        [SYN_RECEIVED] = { ODD(SYN_RECEIVED), ODD(SYN_RECEIVED), { ESTABLISHED, ACTION_OPEN }, ODD(CLOSED), { CLOSED, 0 } },
        [ESTABLISHED] = { ODD(ESTABLISHED), ODD(ESTABLISHED), { ESTABLISHED, 0 }, { FIN_WAIT, 0 }, { CLOSED, ACTION_CLOSE } },
        [FIN_WAIT] = { ODD(FIN_WAIT), ODD(FIN_WAIT), { FIN_WAIT, 0 }, { FIN_WAIT, 0 }, { CLOSED, ACTION_CLOSE } },
        [CLOSE_WAIT] = { ODD(CLOSE_WAIT), ODD(CLOSE_WAIT), { CLOSE_WAIT, 0 }, { LAST_ACK, 0 }, { CLOSED, ACTION_CLOSE } },
        [LAST_ACK] = { ODD(LAST_ACK), ODD(LAST_ACK), { TIME_WAIT, ACTION_CLOSE }, { LAST_ACK, 0 }, { CLOSED, ACTION_CLOSE } },
        [TIME_WAIT] = { { SYN_SENT, 0 }, ODD(TIME_WAIT), { TIME_WAIT, 0 }, { TIME_WAIT, 0 }, { CLOSED, 0 } },
    },
    /* from the server */
    {
        [CLOSED] = { ODD(CLOSED), ODD(CLOSED), ODD(CLOSED), ODD(CLOSED), { CLOSED, 0 } },
        [SYN_SENT] = { ODD(SYN_SENT), { SYN_RECEIVED, 0 }, ODD(SYN_SENT), ODD(SYN_SENT), { CLOSED, 0 } },
        [SYN_RECEIVED] = { ODD(SYN_RECEIVED), { SYN_RECEIVED, 0 }, ODD(SYN_RECEIVED), ODD(SYN_RECEIVED), { CLOSED, 0 } },
        [ESTABLISHED] = { ODD(ESTABLISHED), ODD(ESTABLISHED), { ESTABLISHED, 0 }, { CLOSE_WAIT, 0 }, { CLOSED, ACTION_CLOSE } },
        [FIN_WAIT] = { ODD(FIN_WAIT), ODD(FIN_WAIT), { FIN_WAIT, 0 }, { LAST_ACK, 0 }, { CLOSED, ACTION_CLOSE } },
        [CLOSE_WAIT] = { ODD(CLOSE_WAIT), ODD(CLOSE_WAIT), { CLOSE_WAIT, 0 }, { CLOSE_WAIT, 0 }, { CLOSED, ACTION_CLOSE } },
        [LAST_ACK] = { ODD(LAST_ACK), ODD(LAST_ACK), { TIME_WAIT, ACTION_CLOSE }, { LAST_ACK, 0 }, { CLOSED, ACTION_CLOSE } },
        [TIME_WAIT] = { ODD(TIME_WAIT), ODD(TIME_WAIT), { TIME_WAIT, 0 }, { TIME_WAIT, 0 }, { CLOSED, 0 } },
    },
};

struct connection {
    __be32 client;
    __be32 server;
    __be16 ports[2]; /* client's, server's */
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, struct connection);
    __type(value, __u32);
} states SEC(".maps");

__u64 opened, closed, odd;

static __always_inline int event_of(const struct tcphdr *tcp)
{
    if (tcp->rst)
        return EVENT_RST;
    if (tcp->syn)
        return tcp->ack ? EVENT_SYN_ACK : EVENT_SYN;
    if (tcp->fin)
        return EVENT_FIN;
    return tcp->ack ? EVENT_ACK : -1;
}

static __noinline int step(__u32 *state, __u32 side, __u32 event)
{
    __u32 from = *state, action;

    if (from >= STATES || side > 1 || event >= EVENTS)
        return 0;
    action = table[side][from][event].action;
    *state = table[side][from][event].next;
    opened += action == ACTION_OPEN;
    closed += action == ACTION_CLOSE;
    odd += action == ACTION_ODD;
    return action;
}

SEC("tc")
int follow_connection(struct __sk_buff *skb)
{
    struct cursor cursor = skb_cursor(skb);
    struct connection connection = {};
    struct ethhdr *eth;
    struct iphdr *ip;
    struct tcphdr *tcp;
    __u32 *state, side, fresh = CLOSED;
    int event;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    ip = cursor_ipv4(&cursor);
    if (!ip || ip->protocol != IPPROTO_TCP)
        return TC_ACT_OK;
    tcp = cursor_take(&cursor, sizeof(*tcp));
    if (!tcp)
        return TC_ACT_OK;
    event = event_of(tcp);
    if (event < 0)
        return TC_ACT_SHOT;
    side = bpf_ntohs(tcp->source) < bpf_ntohs(tcp->dest); /* servers have the lower port */
    connection.client = side ? ip->daddr : ip->saddr;
    connection.server = side ? ip->saddr : ip->daddr;
    connection.ports[0] = side ? tcp->dest : tcp->source;
    connection.ports[1] = side ? tcp->source : tcp->dest;

    state = bpf_map_lookup_elem(&states, &connection);
    if (!state) {
        if (event != EVENT_SYN)
            return TC_ACT_OK;
        bpf_map_update_elem(&states, &connection, &fresh, BPF_NOEXIST);
        state = bpf_map_lookup_elem(&states, &connection);
        if (!state)
            return TC_ACT_OK;
    }
    if (step(state, side, event) == ACTION_CLOSE)
        bpf_map_delete_elem(&states, &connection);
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
