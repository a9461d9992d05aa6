namespace Skep.KernelOracle;

/// <summary>
/// The few instructions that the oracle itself writes. It takes no assembler from Skep.Core, so that a mistake there cannot
/// make both sides of a comparison wrong.
/// </summary>
internal static class Slots
{
    /// <summary>EXIT</summary>
    public static ulong Exit => Encode(0x95);

    /// <summary>One slot in RFC 9669's layout.</summary>
    public static ulong Encode(byte opcode, int destination = 0, int source = 0, short offset = 0, int immediate = 0) =>
        opcode
        | ((ulong)(uint)destination << 8)
        | ((ulong)(uint)source << 12)
        | ((ulong)(ushort)offset << 16)
        | ((ulong)(uint)immediate << 32);

    /// <summary>{MOV, K, ALU64}</summary>
    public static ulong MovImmediate(int destination, int immediate) => Encode(0xb7, destination, immediate: immediate);

    /// <summary>{MOV, X, ALU64}</summary>
    public static ulong Mov(int destination, int source) => Encode(0xbf, destination, source);

    /// <summary>{MEM, DW, LDX}</summary>
    public static ulong Load64(int destination, int source, short offset) => Encode(0x79, destination, source, offset);

    /// <summary>{MEM, DW, STX}</summary>
    public static ulong Store64(int destination, short offset, int source) => Encode(0x7b, destination, source, offset);

    /// <summary>A call of a program-local function that begins <paramref name="distance"/> slots after the next one.</summary>
    public static ulong CallLocal(int distance) => Encode(0x85, source: 1, immediate: distance);

    /// <summary>The first slot of a 64-bit immediate load of the address of an array map's first value; the second is 0.</summary>
    public static ulong LoadMapValue(int destination, int mapFd) => Encode(0x18, destination, source: 2, immediate: mapFd);
}
