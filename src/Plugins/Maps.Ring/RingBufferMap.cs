using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>A ring buffer: <see cref="RingStorage"/> for the programs, and a consumer that sleeps until one of them wakes it.</summary>
/// <remarks>
/// As in the kernel, a record wakes the consumer when that stands exactly there, unless its flags say otherwise. A record with <c>BPF_RB_NO_WAKEUP</c> at which
/// the consumer is waiting therefore also keeps those behind it waiting, until one is forced.
/// </remarks>
internal sealed class RingBufferMap : IRingBufferMap
{
    private const ulong KnownFlags = RingBufferFlags.NoWakeup | RingBufferFlags.ForceWakeup;

    private readonly RingStorage _storage;
    private readonly MapLifetime _lifetime;
    private TaskCompletionSource? _waiter;
    private int _consuming;
    private long _dropped;

    public RingBufferMap(MapSpec spec)
    {
        Spec = spec;
        _storage = new RingStorage(spec.MaxEntries);
        _lifetime = new MapLifetime(_storage.Free);
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => _storage.MemoryBytes;

    public long Dropped => Volatile.Read(ref _dropped);

    /// <inheritdoc/>
    /// <remarks>A record that is larger than the ring gives <see cref="Errno.EAGAIN"/> too, as in the kernel.</remarks>
    public unsafe long Output(byte* data, ulong size, ulong flags)
    {
        if ((flags & ~KnownFlags) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        nint record = Reserve(size, 0);
        if (record == 0)
        {
            return -(long)Errno.EAGAIN;
        }

        Unsafe.CopyBlockUnaligned((void*)record, data, (uint)size);
        Submit(record, flags, discard: false);
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>No flag is known; with any, the answer is 0.</remarks>
    public unsafe nint Reserve(ulong size, ulong flags)
    {
        if (flags != 0)
        {
            return 0;
        }

        byte* record = _storage.Reserve(size);
        if (record is null)
        {
            Interlocked.Increment(ref _dropped);
        }

        return (nint)record;
    }

    public unsafe void Submit(nint record, ulong flags, bool discard)
    {
        bool consumerIsHere = _storage.Commit((byte*)record, discard);
        if ((flags & RingBufferFlags.ForceWakeup) != 0 || (consumerIsHere && (flags & RingBufferFlags.NoWakeup) == 0))
        {
            Wake();
        }
    }

    public ulong Query(RingBufferQuery query)
    {
        ulong consumer = _storage.ConsumerPosition;
        return query switch
        {
            RingBufferQuery.AvailableData => _storage.ProducerPosition - consumer,
            RingBufferQuery.RingSize => _storage.Size,
            RingBufferQuery.ConsumerPosition => consumer,
            RingBufferQuery.ProducerPosition => _storage.ProducerPosition,
            _ => 0,
        };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Stops at what was there when it began, so that it ends however fast programs produce. A record whose reader throws is consumed. The reader may dispose the
    /// map: nothing more is read then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another consumer is at work.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public int Consume(RingBufferReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using MapLifetime.Use use = _lifetime.Enter(this);
        Claim();
        try
        {
            int count = 0;
            ulong limit = _storage.ProducerPosition;
            while (!_lifetime.IsDisposed && _storage.TryPeek(limit, out ReadOnlySpan<byte> record))
            {
                count++;
                try
                {
                    reader(record);
                }
                finally
                {
                    _storage.Advance(record.Length);
                }
            }

            return count;
        }
        finally
        {
            Volatile.Write(ref _consuming, 0);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Returns at once when a record is ready, whatever its wake-up flags were. Also returns when the map is disposed.</remarks>
    /// <exception cref="InvalidOperationException">Another consumer is waiting or reading.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_lifetime.IsDisposed, this);
        if (Volatile.Read(ref _consuming) != 0)
        {
            ThrowSecondConsumer();
        }

        cancellationToken.ThrowIfCancellationRequested();
        await WaitForWakeAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    /// <remarks>Whoever enumerates is the consumer from the first step until the enumerator is disposed.</remarks>
    /// <exception cref="InvalidOperationException">At the first step: another consumer is at work.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed already.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_lifetime.IsDisposed, this);
        return Enumerate(cancellationToken);
    }

    public void Dispose()
    {
        _lifetime.End();
        Wake();
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Enumerate([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Claim();
        try
        {
            while (!cancellationToken.IsCancellationRequested && !_lifetime.IsDisposed)
            {
                if (TakeCopy() is { } record)
                {
                    yield return record;
                }
                else
                {
                    await WaitForWakeAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _consuming, 0);
        }
    }

    private byte[]? TakeCopy()
    {
        if (!_lifetime.TryEnter(out MapLifetime.Use use))
        {
            return null;
        }

        using (use)
        {
            if (!_storage.TryPeek(_storage.ProducerPosition, out ReadOnlySpan<byte> record))
            {
                return null;
            }

            byte[] copy = record.ToArray();
            _storage.Advance(copy.Length);
            return copy;
        }
    }

    /// <summary>Ends when a record is ready or was announced, the token is cancelled, or the map is disposed.</summary>
    private async ValueTask WaitForWakeAsync(CancellationToken cancellationToken)
    {
        if (IsReadyOrDisposed())
        {
            return;
        }

        // The continuation never runs inside the program that wakes us.
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _waiter, waiter, null) is not null)
        {
            ThrowSecondConsumer();
        }

        // Again, now that producers can see the waiter: what was committed between the first look and this one woke nobody.
        if (IsReadyOrDisposed())
        {
            Wake();
        }

        using (cancellationToken.UnsafeRegister(static map => ((RingBufferMap)map!).Wake(), this))
        {
            await waiter.Task.ConfigureAwait(false);
        }
    }

    private bool IsReadyOrDisposed()
    {
        if (!_lifetime.TryEnter(out MapLifetime.Use use))
        {
            return true;
        }

        using (use)
        {
            return _storage.IsReady;
        }
    }

    private void Wake()
    {
        TaskCompletionSource? waiter = Volatile.Read(ref _waiter);
        if (waiter is not null && Interlocked.CompareExchange(ref _waiter, null, waiter) == waiter)
        {
            waiter.TrySetResult();
        }
    }

    private void Claim()
    {
        if (Interlocked.CompareExchange(ref _consuming, 1, 0) != 0)
        {
            ThrowSecondConsumer();
        }
    }

    private void ThrowSecondConsumer()
        => throw new InvalidOperationException($"Ring buffer {Spec.Name} has a consumer already; only one may read or wait at a time.");
}
