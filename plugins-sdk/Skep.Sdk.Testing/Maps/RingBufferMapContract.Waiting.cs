using Skep.Contracts;

namespace Skep.Testing;

/// <summary>Ring buffers whose consumer waits.</summary>
public abstract partial class RingBufferMapContract
{
    [Fact]
    public async Task Waiting_ends_with_a_record_or_with_the_token()
    {
        using IRingBufferMap ring = MakeRing();
        using var source = new CancellationTokenSource();
        Task waiting = ring.WaitAsync(CancellationToken.None).AsTask();
        Put(ring, 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Read(ring);
        Task cancelled = ring.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        try
        {
            await cancelled.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (OperationCanceledException)
        {
            // One of the two ways to end.
        }
    }

    [Fact]
    public async Task Reading_all_ends_with_the_map()
    {
        IRingBufferMap ring = MakeRing();
        var seen = new List<byte>();
        Task reading = Task.Run(async () =>
        {
            await foreach (ReadOnlyMemory<byte> record in ring.ReadAllAsync())
            {
                seen.Add(record.Span[0]);
                if (seen.Count == 3)
                {
                    ring.Dispose();
                }
            }
        });
        Put(ring, 1);
        Put(ring, 2);
        Put(ring, 3);
        await reading.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([1, 2, 3], seen);
    }
}
