using System.Collections.Concurrent;
using Skep.Contracts;

namespace Skep.Testing;

/// <summary>A trace output that keeps what was printed, for any number of threads.</summary>
public sealed class RecordingTrace : ITraceOutput
{
    private readonly ConcurrentQueue<TraceRecord> _records = new();

    /// <summary>In the order of writing.</summary>
    public IReadOnlyList<TraceRecord> Records => [.. _records];

    public void Write(in TraceRecord record) => _records.Enqueue(record);
}
