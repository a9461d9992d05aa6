using Skep.Contracts;
using Skep.KernelOracle;
using Errno = Skep.Contracts.Errno;

namespace Skep.Maps.Tests;

public unsafe class RingBufferTests
{
    [Fact]
    public void Records_come_out_in_the_order_of_their_reservation()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        nint first = ring.Reserve(3, 0);
        nint second = ring.Reserve(16, 0);
        nint third = ring.Reserve(8, 0);
        Assert.All((nint[])[first, second, third], record => Assert.Equal(0, record % 8));
        *(byte*)first = 1;
        *(byte*)third = 3;
        ring.Submit(third, 0, discard: false);
        ring.Submit(second, 0, discard: true);
        Assert.Empty(Read(ring));
        ring.Submit(first, 0, discard: false);
        Assert.Equal([(3, 1), (8, 3)], Read(ring).Select(record => (record.Length, (int)record[0])));
        Assert.Equal(0ul, ring.Query(RingBufferQuery.AvailableData));
        Assert.Equal(16ul + 24 + 16, ring.Query(RingBufferQuery.ConsumerPosition));
    }

    [Fact]
    public void Every_size_goes_round_the_end_in_one_piece()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        var random = new Random(3);
        for (int round = 0; round < 3000; round++)
        {
            byte[][] written = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new byte[random.Next(0, 1300)])];
            foreach (byte[] record in written)
            {
                random.NextBytes(record);
                Assert.Equal(0, Output(ring, record));
            }

            Assert.Equal(written, Read(ring));
        }

        byte[] largest = new byte[4096 - 16];
        random.NextBytes(largest);
        for (int round = 0; round < 5; round++)
        {
            Assert.Equal(0, Output(ring, largest));
            Assert.Equal(largest, Assert.Single(Read(ring)));
        }
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_counted()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        Assert.Equal(-(int)Errno.EAGAIN, Output(ring, new byte[4096 - 8]));
        Assert.Equal(0, ring.Reserve(ulong.MaxValue, 0));
        Assert.Equal(0, ring.Reserve(uint.MaxValue, 0));
        Assert.Equal(3, ring.Dropped);
        Assert.Equal(0, Output(ring, new byte[4096 - 16]));
        Assert.Equal(-(int)Errno.EAGAIN, Output(ring, []));
        Assert.Equal(4, ring.Dropped);
        Assert.Equal(-(int)Errno.EINVAL, Output(ring, [], 4));
        Assert.Equal(0, ring.Reserve(8, 1));
        Assert.Equal(4, ring.Dropped);
    }

    [Fact]
    public void Sizes_flags_and_positions_are_the_kernels()
    {
        Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);
        using KernelMap theirs = KernelMap.Create(KernelMapType.Ringbuf, 0, 0, 4096);
        using IRingBufferMap ours = MapMaker.Ring(4096);
        var random = new Random(5);
        byte[] tooLarge = new byte[5000];
        foreach (byte[] record in (byte[][])[tooLarge, .. Enumerable.Range(0, 60).Select(_ => new byte[random.Next(1, 200)]), tooLarge, new byte[1]])
        {
            ulong flags = random.Next(8) == 0 ? (ulong)random.Next(8) : 0;
            Assert.Equal(KernelOutput(theirs, record, (int)flags), Output(ours, record, flags));
            for (ulong query = 0; query < 5; query++)
            {
                Assert.Equal(KernelQuery(theirs, (int)query), ours.Query((RingBufferQuery)query));
            }
        }

        Assert.True(ours.Dropped > 0);
    }

    [Fact]
    public void The_reader_of_a_record_may_throw_or_dispose_the_map()
    {
        IRingBufferMap ring = MapMaker.Ring(4096);
        for (byte number = 0; number < 4; number++)
        {
            Output(ring, [number]);
        }

        Assert.Throws<FormatException>(() => ring.Consume(_ => throw new FormatException()));
        var seen = new List<byte>();
        Assert.Equal(1, ring.Consume(record =>
        {
            ring.Dispose();
            seen.Add(record[0]);
        }));
        Assert.Equal([1], seen);
        Assert.Throws<ObjectDisposedException>(() => ring.Consume(_ => { }));
        Assert.Throws<ObjectDisposedException>(() => ring.ReadAllAsync());
    }

    internal static List<byte[]> Read(IRingBufferMap ring)
    {
        var records = new List<byte[]>();
        int count = ring.Consume(record => records.Add(record.ToArray()));
        Assert.Equal(records.Count, count);
        return records;
    }

    internal static long Output(IRingBufferMap ring, ReadOnlySpan<byte> record, ulong flags = 0)
    {
        fixed (byte* data = record)
        {
            return ring.Output(data, (ulong)record.Length, flags);
        }
    }

    private static long KernelOutput(KernelMap ring, byte[] record, int flags)
    {
        // r4 = flags; r3 = length; r2 = memory; r1 = ring; call bpf_ringbuf_output; exit
        KernelSnippetResult result = KernelHarness.RunMemory(
            [Slots.MovImmediate(4, flags), Slots.Mov(3, 2), Slots.Mov(2, 1), Slots.Encode(0x18, 1, 1, 0, ring.Fd), 0, Slots.Encode(0x85, immediate: 130), Slots.Exit],
            [.. record]);
        Assert.Equal(KernelOracle.Errno.None, result.Error);
        return (long)result.R0;
    }

    private static ulong KernelQuery(KernelMap ring, int query)
    {
        KernelSnippetResult result = KernelHarness.RunAlu(
            [Slots.MovImmediate(2, query), Slots.Encode(0x18, 1, 1, 0, ring.Fd), 0, Slots.Encode(0x85, immediate: 134), Slots.Exit]);
        Assert.Equal(KernelOracle.Errno.None, result.Error);
        return result.R0;
    }
}
