namespace Skep.Verification.State;

/// <summary>What a register or a spilled register holds. Everything after <see cref="Scalar"/> is a pointer.</summary>
/// <remarks>Regions have the values of <see cref="Programs.AccessRegion"/>.</remarks>
internal enum ValueKind : byte
{
    /// <summary>Nothing that may be read.</summary>
    Uninitialized,

    /// <summary>A number.</summary>
    Scalar,

    /// <summary>The program's context.</summary>
    Context,

    /// <summary>An address in the stack of one of the open frames; offsets are from that frame's R10.</summary>
    Stack,

    /// <summary>A map itself.</summary>
    Map,

    /// <summary>A value of a map.</summary>
    MapValue,

    /// <summary>A key of a map, as callbacks get it.</summary>
    MapKey,

    /// <summary>An address in the packet; offsets are from its first byte.</summary>
    Packet,

    /// <summary>An address in the packet's metadata; offsets are from its first byte.</summary>
    PacketMeta,

    /// <summary>One past the packet's last byte.</summary>
    PacketEnd,

    /// <summary>Memory of known size: what a context field points to, a ring-buffer record, an argument of a global function.</summary>
    Memory,

    /// <summary>An opaque object, known by its type's name.</summary>
    Object,

    /// <summary>A function of the program.</summary>
    Function,

    /// <summary>In stack slots only: an open-coded iterator.</summary>
    Iterator,
}
