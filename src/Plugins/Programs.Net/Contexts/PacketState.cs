using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.ProgramTypes.Contexts;

/// <summary>
/// Where a packet lies, as helpers believe it: kept in front of the context, in the same scratch memory, where no program reaches. All are addresses.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct PacketState
{
    /// <summary>From the state to the context, in bytes.</summary>
    public const int Bytes = 64;

    /// <summary>The lowest byte that metadata may start at.</summary>
    public byte* RoomStart;

    /// <summary>The lowest byte that programs have seen; what is below holds whatever the stack held.</summary>
    public byte* Seen;

    /// <summary>The metadata's first byte; it ends at <see cref="Data"/>.</summary>
    public byte* Meta;

    public byte* Data;

    public byte* End;

    /// <summary>One past the last byte that the packet may grow to.</summary>
    public byte* RoomEnd;

    /// <summary>Bytes from the packet's start to the network header.</summary>
    public int NetworkOffset;

    public readonly uint Length => (uint)(End - Data);

    /// <summary>Lets the program see from <paramref name="start"/> on: what it has not seen before is 0.</summary>
    public void Reveal(byte* start)
    {
        if (start < Seen)
        {
            NativeMemory.Clear(start, (nuint)(Seen - start));
            Seen = start;
        }
    }

    /// <summary>What a program may touch.</summary>
    public readonly MemoryRegion Region(MemoryAccess access) => new((nint)Meta, (nuint)(End - Meta), access);

    /// <summary>The state behind the context that a helper was given.</summary>
    public static PacketState* Of(ulong context) => (PacketState*)(context - Bytes);

    /// <summary>The address of <paramref name="size"/> bytes of the packet; null when they do not all lie in it.</summary>
    public readonly byte* Find(ulong offset, ulong size) => offset <= Length && size <= Length - offset ? Data + offset : null;
}
