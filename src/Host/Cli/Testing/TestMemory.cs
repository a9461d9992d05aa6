using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Cli.Testing;

/// <summary>Test data in native memory, as a source would deliver it.</summary>
internal sealed unsafe class TestMemory : IDisposable
{
    private const int Alignment = 16;

    private readonly int _length;
    private void* _memory;

    private TestMemory(void* memory, int size, int length)
    {
        _memory = memory;
        _length = length;
        Region = memory is null ? MemoryRegion.None : new MemoryRegion((nint)memory, (nuint)size, MemoryAccess.ReadWrite);
    }

    public MemoryRegion Region { get; }

    /// <summary>The data as it is now, without what was padded.</summary>
    public ReadOnlySpan<byte> Data => new(_memory, _length);

    /// <summary>Records are padded with zeros to what the program reads; packets, and memory whose length the program is told, stay as long as they are.</summary>
    public static TestMemory Create(LoadedProgram program, byte[] data)
    {
        ContextLayout context = program.ProgramType.Descriptor.Context;
        bool isRecord = !context.HasLength && context.HostSize == 0;
        int size = isRecord ? Math.Max(data.Length, program.RequiredContextSize) : data.Length;
        void* memory = null;
        if (size > 0)
        {
            memory = NativeMemory.AlignedAlloc((nuint)size, Alignment);
            var span = new Span<byte>(memory, size);
            span.Clear();
            data.CopyTo(span);
        }

        return new TestMemory(memory, size, data.Length);
    }

    /// <summary>The data as it was at first.</summary>
    public void Fill(ReadOnlySpan<byte> data)
    {
        new Span<byte>(_memory, (int)Region.Length).Clear();
        data.CopyTo(new Span<byte>(_memory, _length));
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
