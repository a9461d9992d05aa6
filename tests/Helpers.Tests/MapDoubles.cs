using Skep.Contracts;
using Skep.Programs;

namespace Skep.Helpers.Tests;

/// <summary>Maps that note what programs ask of them; pointers as numbers, because no one looks behind them.</summary>
internal abstract class MapDouble : IMap
{
    public List<string> Calls { get; } = [];

    public MapSpec Spec { get; } = new() { Name = "double", Type = new(new(1)) };

    public long MemoryBytes => 0;

    public void Dispose()
    {
    }

    protected T Note<T>(T result, string call)
    {
        Calls.Add(call);
        return result;
    }
}

internal sealed unsafe class KeyedDouble : MapDouble, IPerCpuMap
{
    public long Count => 0;

    public int CpuCount => 2;

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value) => throw new NotSupportedException();

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any) => throw new NotSupportedException();

    public Errno Delete(ReadOnlySpan<byte> key) => throw new NotSupportedException();

    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next) => throw new NotSupportedException();

    public nint ProgramLookup(byte* key) => Note(11, $"lookup {(ulong)key}");

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => Note(-17L, $"update {(ulong)key} {(ulong)value} {flags}");

    public long ProgramDelete(byte* key) => Note(-2L, $"delete {(ulong)key}");

    public nint ProgramLookup(byte* key, int cpu) => Note(12, $"lookup {(ulong)key} cpu {cpu}");
}

internal sealed unsafe class QueueDouble : MapDouble, IQueueMap
{
    public long Push(byte* value, ulong flags) => Note(-7L, $"push {(ulong)value} {flags}");

    public long Pop(byte* value) => Note(-2L, $"pop {(ulong)value}");

    public long Peek(byte* value) => Note(0L, $"peek {(ulong)value}");
}

internal sealed unsafe class RingDouble : MapDouble, IRingBufferMap
{
    private long _next;

    /// <summary>Where records start; 0 for a full buffer.</summary>
    public long First { get; init; }

    public long Dropped => 0;

    public long Output(byte* data, ulong size, ulong flags) => Note(-11L, $"output {(ulong)data} {size} {flags}");

    public nint Reserve(ulong size, ulong flags) => First == 0 ? 0 : (nint)(First + Interlocked.Add(ref _next, 16));

    public void Submit(nint record, ulong flags, bool discard)
    {
        lock (Calls)
        {
            Calls.Add($"{(discard ? "discard" : "submit")} {record} {flags}");
        }
    }

    public ulong Query(RingBufferQuery query) => Note(4096ul, $"query {query}");

    public int Consume(RingBufferReader reader) => throw new NotSupportedException();

    public ValueTask WaitAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
