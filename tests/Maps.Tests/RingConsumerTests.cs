using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Testing;

namespace Skep.Maps.Tests;

/// <summary>The consumer: woken when the flags say so, alone, and let go at the end.</summary>
public class RingConsumerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_record_wakes_the_consumer_as_its_flags_say()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        Task wait = ring.WaitAsync(default).AsTask();
        RingBufferTests.Output(ring, [1], RingBufferFlags.NoWakeup);
        Assert.False(wait.IsCompleted);

        // The consumer stands at the first record, not at this one.
        RingBufferTests.Output(ring, [2]);
        Assert.False(wait.IsCompleted);
        RingBufferTests.Output(ring, [3], RingBufferFlags.ForceWakeup);
        await wait.WaitAsync(Patience);
        Assert.Equal(3, ring.Consume(_ => { }));

        wait = ring.WaitAsync(default).AsTask();
        RingBufferTests.Output(ring, [4]);
        await wait.WaitAsync(Patience);
        await ring.WaitAsync(default).AsTask().WaitAsync(Patience);
        Assert.Equal(1, ring.Consume(_ => { }));
    }

    [Fact]
    public async Task A_busy_record_keeps_the_consumer_waiting()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        nint busy = Reserve(ring);
        RingBufferTests.Output(ring, [2]);
        Task wait = ring.WaitAsync(default).AsTask();
        RingBufferTests.Output(ring, [3]);
        Assert.False(wait.IsCompleted);
        ring.Submit(busy, 0, discard: true);
        await wait.WaitAsync(Patience);
        Assert.Equal(2, ring.Consume(_ => { }));

        static nint Reserve(IRingBufferMap ring) => ring.Reserve(8, 0);
    }

    [Fact]
    public async Task Only_one_consumer_at_a_time()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        RingBufferTests.Output(ring, [1]);
        ring.Consume(_ => Assert.Throws<InvalidOperationException>(() => ring.Consume(_ => { })));

        RingBufferTests.Output(ring, [1]);
        await using (IAsyncEnumerator<ReadOnlyMemory<byte>> first = ring.ReadAllAsync().GetAsyncEnumerator())
        {
            Assert.True(await first.MoveNextAsync());
            Assert.Throws<InvalidOperationException>(() => ring.Consume(_ => { }));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await ring.WaitAsync(default));
            await using IAsyncEnumerator<ReadOnlyMemory<byte>> second = ring.ReadAllAsync().GetAsyncEnumerator();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
        }

        Task wait = ring.WaitAsync(default).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ring.WaitAsync(default));
        Assert.Equal(0, ring.Consume(_ => { }));
        RingBufferTests.Output(ring, [1]);
        await wait.WaitAsync(Patience);
    }

    [Fact]
    public async Task Cancelling_ends_waiting_and_reading()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        using var source = new CancellationTokenSource();
        Task wait = ring.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ring.WaitAsync(source.Token));

        using var other = new CancellationTokenSource();
        Task<int> reading = CountAsync(ring, other.Token);
        RingBufferTests.Output(ring, [1]);
        await other.CancelAsync();
        Assert.InRange(await reading.WaitAsync(Patience), 0, 1);

        // The consumer's place is free again.
        ring.Consume(_ => { });
    }

    [Fact]
    public async Task Disposing_ends_whoever_waits()
    {
        for (int round = 0; round < 200; round++)
        {
            IRingBufferMap ring = MapMaker.Ring(4096);
            Task<int> reading = Task.Run(() => CountAsync(ring, default));
            if (round % 2 == 0)
            {
                RingBufferTests.Output(ring, [1]);
                await Task.Yield();
            }

            ring.Dispose();
            try
            {
                Assert.InRange(await reading.WaitAsync(Patience), 0, 1);
            }
            catch (ObjectDisposedException)
            {
                // The reader came too late.
            }
        }
    }

    [Fact]
    public async Task Several_producers_and_a_consumer_lose_nothing_but_what_is_counted()
    {
        const int Producers = 4;
        const int Each = 20_000;
        using IRingBufferMap ring = MapMaker.Ring(1 << 16);
        long[] next = new long[Producers];
        long consumed = 0;
        long discarded = 0;
        long dropped = 0;
        Task producing = Task.Run(() => Crowd.Run(Producers, producer =>
        {
            var random = new Random(producer);
            for (long number = 0; number < Each; number++)
            {
                (long lost, long thrown) = Produce(ring, random, producer, number);
                Interlocked.Add(ref dropped, lost);
                Interlocked.Add(ref discarded, thrown);
                if (lost > 0)
                {
                    Thread.Yield();
                }
            }
        }));
        Task ending = producing.ContinueWith(_ => RingBufferTests.Output(ring, [], RingBufferFlags.ForceWakeup), TaskScheduler.Default);
        while (!ending.IsCompleted || ring.Query(RingBufferQuery.AvailableData) > 0)
        {
            consumed += ring.Consume(record => Check(record, next));
            if (!ending.IsCompleted)
            {
                await ring.WaitAsync(default).AsTask().WaitAsync(Patience);
            }
        }

        await producing;
        bool endFitted = ring.Dropped == dropped;
        Assert.Equal((long)Producers * Each, consumed - (endFitted ? 1 : 0) + discarded + dropped);
        Assert.True(consumed > Each / 10, $"only {consumed} records came through");
    }

    private static unsafe (long Dropped, long Discarded) Produce(IRingBufferMap ring, Random random, int producer, long number)
    {
        int words = 3 + random.Next(20);
        nint record = ring.Reserve((ulong)words * 8, 0);
        if (record == 0)
        {
            return (1, 0);
        }

        var span = new Span<long>((void*)record, words);
        span.Fill(number * 7);
        span[0] = producer;
        span[1] = number;
        span[^1] = words;
        bool discard = random.Next(10) == 0;
        ring.Submit(record, (ulong)random.Next(2) * RingBufferFlags.ForceWakeup, discard);
        return (0, discard ? 1 : 0);
    }

    private static void Check(ReadOnlySpan<byte> record, long[] next)
    {
        if (record.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<long> words = MemoryMarshal.Cast<byte, long>(record);
        long producer = words[0];
        long number = words[1];
        Assert.True(number >= next[producer], $"producer {producer}: {number} came after {next[producer] - 1}");
        next[producer] = number + 1;
        Assert.Equal(words.Length, words[^1]);
        Assert.Equal(-1, words[2..^1].IndexOfAnyExcept(number * 7));
    }

    private static async Task<int> CountAsync(IRingBufferMap ring, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (ReadOnlyMemory<byte> record in ring.ReadAllAsync(cancellationToken))
        {
            count += record.Length;
        }

        return count;
    }
}
