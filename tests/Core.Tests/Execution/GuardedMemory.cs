using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Core.Tests.Execution;

/// <summary>Native memory between two canaries.</summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int Guard = 256;
    private const byte Canary = 0xa5;

    private readonly byte* _room;
    private readonly int _size;

    /// <param name="size">A multiple of 16 keeps the end aligned too.</param>
    public GuardedMemory(int size)
    {
        _size = size;
        _room = (byte*)NativeMemory.AlignedAlloc((nuint)(size + (2 * Guard)), 64);
        new Span<byte>(_room, size + (2 * Guard)).Fill(Canary);
        Bytes.Clear();
    }

    public Span<byte> Bytes => new(_room + Guard, _size);

    public ulong Address => (ulong)_room + Guard;

    public ulong End => Address + (ulong)_size;

    public MemoryRegion Region(MemoryAccess access = MemoryAccess.ReadWrite) => new((nint)Address, (nuint)_size, access);

    public ProgramEntry Entry(MemoryAccess access = MemoryAccess.ReadWrite) => new(Address, (ulong)_size, Region(access));

    public void AssertGuardsUntouched()
    {
        Assert.Equal(-1, new Span<byte>(_room, Guard).IndexOfAnyExcept(Canary));
        Assert.Equal(-1, new Span<byte>(_room + Guard + _size, Guard).IndexOfAnyExcept(Canary));
    }

    public void Dispose() => NativeMemory.AlignedFree(_room);
}
