using System.Runtime.InteropServices;

namespace Skep.Jit.Cil.Emission;

/// <summary>
/// Types for locals that are a frame's eBPF stack. A struct of fixed size and not <c>localloc</c>: the .NET JIT addresses it from its own
/// frame, knows what does not alias with it, and adds no guard that is checked at the end.
/// </summary>
internal static class FrameTypes
{
    private static readonly (int Bytes, Type Type)[] Types =
    [
        (16, typeof(Frame16)), (32, typeof(Frame32)), (48, typeof(Frame48)), (64, typeof(Frame64)), (96, typeof(Frame96)), (128, typeof(Frame128)),
        (192, typeof(Frame192)), (256, typeof(Frame256)), (384, typeof(Frame384)), (512, typeof(Frame512)),
    ];

    /// <summary>The smallest one that has room; null when there is none.</summary>
    public static (int Bytes, Type Type)? For(int bytes)
    {
        foreach ((int Bytes, Type Type) candidate in Types)
        {
            if (candidate.Bytes >= bytes)
            {
                return candidate;
            }
        }

        return null;
    }

    // The first field makes the type a multiple of 8, at an address that is one.
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    internal struct Frame16
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    internal struct Frame32
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 48)]
    internal struct Frame48
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Frame64
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 96)]
    internal struct Frame96
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct Frame128
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 192)]
    internal struct Frame192
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct Frame256
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 384)]
    internal struct Frame384
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential, Size = 512)]
    internal struct Frame512
    {
        public ulong First;
    }
}
