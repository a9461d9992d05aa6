using System.Runtime.InteropServices;
using Skep.Events.Rings;

namespace Skep.Events.Perf.Tests;

/// <summary>A ring in memory that the test writes as the kernel does.</summary>
internal sealed unsafe class FakeRing : IDisposable
{
    private const int ControlLength = 4096;
    private readonly byte* _memory;

    public FakeRing(int length, ulong start = 0)
    {
        Length = length;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(ControlLength + length));
        Head = start;
        *(ulong*)(_memory + RecordRing.TailOffset) = start;
        Records = new RecordRing(_memory, _memory + ControlLength, length);
    }

    public int Length { get; }

    public RecordRing Records { get; }

    public Span<byte> Data => new(_memory + ControlLength, Length);

    public ulong Head
    {
        get => *(ulong*)(_memory + RecordRing.HeadOffset);
        set => *(ulong*)(_memory + RecordRing.HeadOffset) = value;
    }

    public ulong Tail => *(ulong*)(_memory + RecordRing.TailOffset);

    public void Write(byte[] record)
    {
        foreach (byte value in record)
        {
            Data[(int)(Head++ % (ulong)Length)] = value;
        }
    }

    public static byte[] Sample(ulong time, byte[] raw, int processId = 10, int threadId = 11, int cpu = 1)
    {
        int size = (36 + raw.Length + 7) & ~7;
        byte[] record = Header(9, size);
        Put(record, 8, processId);
        Put(record, 12, threadId);
        Put(record, 16, time);
        Put(record, 24, cpu);
        Put(record, 32, size - 36);
        raw.CopyTo(record, 36);
        return record;
    }

    public static byte[] Lost(ulong count)
    {
        byte[] record = Header(2, 24);
        Put(record, 8, 77ul);
        Put(record, 16, count);
        return record;
    }

    public static byte[] LostSamples(ulong count)
    {
        byte[] record = Header(13, 16);
        Put(record, 8, count);
        return record;
    }

    public static byte[] Header(uint type, int size)
    {
        byte[] record = new byte[Math.Max(size, 8)];
        Put(record, 0, type);
        Put(record, 6, (ushort)size);
        return record;
    }

    public static void Put<T>(byte[] record, int offset, T value)
        where T : unmanaged => MemoryMarshal.Write(record.AsSpan(offset), in value);

    public void Dispose() => NativeMemory.Free(_memory);
}
