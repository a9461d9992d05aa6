using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>What holds for every ring buffer.</summary>
public abstract unsafe partial class RingBufferMapContract : MapTypeContract
{
    /// <summary>In bytes, as rings count max_entries.</summary>
    protected virtual uint RingBytes => 4096;

    private IRingBufferMap MakeRing() => (IRingBufferMap)Make(RingBytes);

    protected override long ConstantBytes => 256 << 10;

    protected override void Fill(IMap map)
    {
        var ring = (IRingBufferMap)map;
        while (Output(ring, new byte[64]) == 0)
        {
        }
    }

    protected override void Touch(IMap map) => Assert.Equal(0, ((IRingBufferMap)map).Consume(_ => { }));

    [Fact]
    public void Records_come_out_whole_and_in_the_order_of_their_reservation()
    {
        using IRingBufferMap ring = MakeRing();
        nint[] records = [ring.Reserve(3, 0), ring.Reserve(16, 0), ring.Reserve(8, 0)];
        Assert.All(records, record => Assert.True(record != 0 && record % 8 == 0, "a record is aligned to 8 bytes"));
        *(byte*)records[0] = 1;
        *(byte*)records[2] = 3;
        ring.Submit(records[2], 0, discard: false);
        ring.Submit(records[1], 0, discard: true);
        Assert.Empty(Read(ring));
        ring.Submit(records[0], 0, discard: false);
        Assert.Equal([(3, 1), (8, 3)], Read(ring).Select(record => (record.Length, (int)record[0])));
        Assert.Empty(Read(ring));
    }

    [Fact]
    public void What_was_put_in_comes_out_round_after_round()
    {
        using IRingBufferMap ring = MakeRing();
        var random = new Random(3);
        int largest = (int)RingBytes / 4;
        for (int round = 0; round < 2_000; round++)
        {
            byte[][] written = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new byte[random.Next(0, largest)])];
            foreach (byte[] record in written)
            {
                random.NextBytes(record);
                Assert.Equal(0, Output(ring, record));
            }

            Assert.Equal(written, Read(ring));
        }

        Assert.Equal(0, ring.Dropped);
        Assert.Equal(0UL, ring.Query(RingBufferQuery.AvailableData));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_counted()
    {
        using IRingBufferMap ring = MakeRing();
        long taken = 0;
        while (Output(ring, new byte[56]) == 0)
        {
            Assert.True(++taken <= RingBytes, "the ring never gets full");
        }

        Assert.Equal(-(long)Errno.EAGAIN, Output(ring, new byte[56]));
        Assert.Equal(0, ring.Reserve(56, 0));
        Assert.Equal(0, ring.Reserve(ulong.MaxValue, 0));
        Assert.Equal(4, ring.Dropped);
        Assert.Equal(taken, Read(ring).Count);
        Assert.Equal(0, Output(ring, new byte[56]));
        Assert.Equal(-(long)Errno.EINVAL, Output(ring, [1], 1 << 2));
    }

    [Fact]
    public void Queries_tell_size_and_positions()
    {
        using IRingBufferMap ring = MakeRing();
        Assert.Equal(ring.Spec.MaxEntries, ring.Query(RingBufferQuery.RingSize));
        ulong before = ring.Query(RingBufferQuery.ProducerPosition);
        Assert.Equal(0, Output(ring, new byte[8]));
        Assert.True(ring.Query(RingBufferQuery.ProducerPosition) > before);
        Assert.True(ring.Query(RingBufferQuery.AvailableData) > 0);
        Read(ring);
        Assert.Equal(ring.Query(RingBufferQuery.ProducerPosition), ring.Query(RingBufferQuery.ConsumerPosition));
    }

    [Fact]
    public void Producers_on_many_threads_lose_nothing_but_what_is_counted()
    {
        const int each = 5_000;
        using IRingBufferMap ring = MakeRing();
        var next = new int[Crowd.Threads];
        long refused = 0;
        int producing = Crowd.Threads - 1;
        int read = 0;
        Crowd.Run(Crowd.Threads, thread =>
        {
            if (thread == 0)
            {
                while (Volatile.Read(ref producing) > 0)
                {
                    read += ring.Consume(Check);
                }

                read += ring.Consume(Check);
                return;
            }

            for (int i = 1; i <= each; i++)
            {
                nint record = ring.Reserve(16, 0);
                if (record == 0)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                *(int*)record = thread;
                *(int*)(record + 4) = i;
                *(long*)(record + 8) = ~(((long)thread << 32) | (uint)i);
                ring.Submit(record, 0, discard: i % 7 == 0);
            }

            Interlocked.Decrement(ref producing);
        });
        Assert.Equal(refused, ring.Dropped);
        Assert.True(read > 0);

        void Check(ReadOnlySpan<byte> record)
        {
            int thread = BitConverter.ToInt32(record);
            int i = BitConverter.ToInt32(record[4..]);
            Assert.True(BitConverter.ToInt64(record[8..]) == ~(((long)thread << 32) | (uint)i), "a record came out torn");
            Assert.True(i > next[thread], $"record {i} of a producer came after {next[thread]}");
            Assert.True(i % 7 != 0, "a record that was discarded came out");
            next[thread] = i;
        }
    }

    [Fact]
    public void After_disposal_the_consumer_gets_an_exception()
    {
        IRingBufferMap ring = MakeRing();
        ring.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ring.Consume(_ => { }));
    }

    [Fact]
    public void Programs_of_every_engine_write_records()
    {
        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(RingBytes));
        var ring = (IRingBufferMap)map.Map;
        foreach (string engine in runtime.Engines)
        {
            Assert.Equal(0UL, runtime.Run("*(u64 *)(r10 -8) = 5\nr1 = map[m]\nr2 = r10\nr2 += -8\nr3 = 8\nr4 = 0\ncall bpf_ringbuf_output\nexit", engine));
            foreach (string end in (string[])["submit", "discard"])
            {
                Assert.Equal(1UL, runtime.Run($"r1 = map[m]\nr2 = 16\nr3 = 0\ncall bpf_ringbuf_reserve\nif r0 == 0 goto none\n*(u64 *)(r0 +0) = 6\n*(u64 *)(r0 +8) = 7\nr1 = r0\nr2 = 0\ncall bpf_ringbuf_{end}\nr0 = 1\nexit\nnone:\nr0 = 0\nexit", engine));
            }

            Assert.Equal([(8, 5), (16, 6)], Read(ring).Select(record => (record.Length, (int)record[0])));
        }
    }

    [Fact]
    public void A_program_that_keeps_a_record_is_refused()
    {
        using FakeRuntime runtime = Runtime();
        runtime.AddMap(SpecOf(RingBytes));
        Assert.False(runtime.TryLoad("r1 = map[m]\nr2 = 16\nr3 = 0\ncall bpf_ringbuf_reserve\nr0 = 0\nexit").IsSuccess);
    }

    private static void Put(IRingBufferMap ring, byte number) => Assert.Equal(0, Output(ring, [number]));

    private static List<byte[]> Read(IRingBufferMap ring)
    {
        var records = new List<byte[]>();
        Assert.Equal(ring.Consume(record => records.Add(record.ToArray())), records.Count);
        return records;
    }

    private static long Output(IRingBufferMap ring, ReadOnlySpan<byte> record, ulong flags = 0)
    {
        fixed (byte* data = record)
        {
            return ring.Output(data, (ulong)record.Length, flags);
        }
    }
}
