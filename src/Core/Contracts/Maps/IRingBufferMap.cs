namespace Skep.Contracts;

/// <summary>What <c>bpf_ringbuf_query</c> asks (<c>BPF_RB_*</c>).</summary>
public enum RingBufferQuery : ulong
{
    AvailableData = 0,
    RingSize = 1,
    ConsumerPosition = 2,
    ProducerPosition = 3,
}

/// <summary>What user code does with a record; the bytes are valid during the call.</summary>
public delegate void RingBufferReader(ReadOnlySpan<byte> record);

/// <summary>
/// A ring buffer of records: any number of producers, one consumer at a time. Records come out whole and in the order in which they were reserved.
/// </summary>
public unsafe interface IRingBufferMap : IMap
{
    /// <summary>Records that did not fit, since the map was made.</summary>
    long Dropped { get; }

    /// <summary>For programs: copies a record in; 0 or a negative errno (<see cref="Errno.EAGAIN"/> when full).</summary>
    long Output(byte* data, ulong size, ulong flags);

    /// <summary>For programs: the address of <paramref name="size"/> bytes to fill (8-byte aligned), or 0 when full.</summary>
    nint Reserve(ulong size, ulong flags);

    /// <summary>For programs: hands a reserved record to the consumer, or, with <paramref name="discard"/>, marks it to be skipped.</summary>
    void Submit(nint record, ulong flags, bool discard);

    ulong Query(RingBufferQuery query);

    /// <summary>Reads every record that is ready, in order.</summary>
    /// <returns>How many were read.</returns>
    int Consume(RingBufferReader reader);

    /// <summary>Waits, without spinning, until a record may be ready or the token is cancelled.</summary>
    ValueTask WaitAsync(CancellationToken cancellationToken);

    /// <summary>All records, each a copy, as they come; ends when the token is cancelled or the map is disposed.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default);
}
