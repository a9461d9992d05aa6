namespace Skep.Helpers.Tests;

/// <summary>Instructions for the kernel, written by hand so that no code of Skep stands on both sides of a comparison (RFC 9669's layout).</summary>
internal static class KernelCode
{
    public static ulong Exit => Encode(0x95);

    public static ulong Mov(int destination, int immediate) => Encode(0xb7, destination, immediate: immediate);

    public static ulong Copy(int destination, int source) => Encode(0xbf, destination, source);

    public static ulong Add(int destination, int immediate) => Encode(0x07, destination, immediate: immediate);

    public static ulong Store(int destination, int offset, int source) => Encode(0x7b, destination, source, offset);

    public static ulong Call(int helper) => Encode(0x85, immediate: helper);

    public static ulong JumpIfZero(int register, int offset) => Encode(0x15, register, offset: offset);

    public static ulong[] LoadMap(int destination, int fd) => [Encode(0x18, destination, 1, immediate: fd), 0];

    public static ulong[] LoadMapValue(int destination, int fd, int offset = 0) => [Encode(0x18, destination, 2, immediate: fd), (ulong)offset << 32];

    public static ulong[] LoadNumber(int destination, ulong value)
        => [Encode(0x18, destination, immediate: (int)value), value & 0xffff_ffff_0000_0000];

    /// <summary>r(register) = r10 + offset</summary>
    public static ulong[] StackAddress(int register, int offset) => [Copy(register, 10), Add(register, offset)];

    private static ulong Encode(byte opcode, int destination = 0, int source = 0, int offset = 0, int immediate = 0)
        => opcode | ((ulong)(uint)destination << 8) | ((ulong)(uint)source << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
