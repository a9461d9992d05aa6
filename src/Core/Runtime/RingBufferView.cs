using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>A record of a ring buffer, valid during the call.</summary>
public delegate void RingBufferRecordReader<T>(in T record)
    where T : unmanaged;

/// <summary>A ring buffer whose records are all of one type. Owns nothing; the rules of <see cref="IRingBufferMap"/> for consumers hold.</summary>
/// <typeparam name="T">Exactly as large as each record.</typeparam>
public sealed class RingBufferView<T>(IRingBufferMap ring)
    where T : unmanaged
{
    /// <summary>Records that did not fit, since the map was made.</summary>
    public long Dropped => ring.Dropped;

    /// <summary>Reads every record that is ready, in order.</summary>
    /// <returns>How many were read.</returns>
    /// <exception cref="InvalidDataException">A record of another size; it is consumed.</exception>
    public int Consume(RingBufferRecordReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return ring.Consume(record => reader(in As(record)));
    }

    /// <summary>All records as they come; ends when the token is cancelled or the map is disposed.</summary>
    /// <exception cref="InvalidDataException">A record of another size; it is consumed.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ReadOnlyMemory<byte> record in ring.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return As(record.Span);
        }
    }

    private ref readonly T As(ReadOnlySpan<byte> record)
    {
        if (record.Length != Unsafe.SizeOf<T>())
        {
            throw new InvalidDataException(
                $"A record of ring buffer {ring.Spec.Name} has {record.Length} bytes; {typeof(T)} has {Unsafe.SizeOf<T>()}.");
        }

        return ref MemoryMarshal.AsRef<T>(record);
    }
}
