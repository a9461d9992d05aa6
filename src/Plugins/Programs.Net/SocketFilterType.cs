using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>socket_filter</c>: says how many bytes of a packet its socket gets. Programs read the packet by packet loads and bpf_skb_load_bytes only (sk_filter_is_valid_access).
/// </summary>
public sealed class SocketFilterType() : SkbProgramType(
    new ProgramTypeDescriptor
    {
        Name = "socket_filter",
        Description = "Runs on a packet that a socket receives; gives how much of it the socket gets.",
        Number = new(1),
        Sections = [new("socket")],
        Context = SkbFields.Layout(
            writable: ["cb"],
            hidden: [.. SkbFields.OfSocket, "tc_classid", "data", "data_end", "data_meta", "tstamp", "wire_len", "tstamp_type", "hwtstamp"]),
    },
    isFramed: true);
