using Skep.Events.Records;

namespace Skep.Events.Perf.Tests;

public class PerfRecordReaderTests
{
    private static readonly byte[] Raw = [.. Enumerable.Range(1, 60).Select(value => (byte)value)];

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(88)]
    [InlineData(96)]
    [InlineData(120)]
    public void Sample_is_read_wherever_it_wraps(int start)
    {
        using var ring = new FakeRing(128, (ulong)start);
        ring.Write(FakeRing.Sample(time: 0x1122334455667788, Raw, processId: 3, threadId: 4, cpu: 5));

        Assert.Null(PerfRecordReader.Read(ring.Data, (ulong)start, ring.Head, out PerfRecord record));

        Assert.Equal((PerfRecordType.Sample, 96, 3, 4, 5), (record.Type, record.Size, record.ProcessId, record.ThreadId, record.Cpu));
        Assert.Equal(0x1122334455667788ul, record.Time);
        byte[] raw = new byte[record.RawLength];
        PerfRecordReader.CopyRaw(ring.Data, in record, raw);
        Assert.Equal(Raw, raw);
    }

    [Fact]
    public void Lost_events_are_counted_in_both_forms()
    {
        using var ring = new FakeRing(128);
        ring.Write(FakeRing.Lost(5));
        ring.Write(FakeRing.LostSamples(7));

        Assert.Null(PerfRecordReader.Read(ring.Data, 0, ring.Head, out PerfRecord lost));
        Assert.Null(PerfRecordReader.Read(ring.Data, (ulong)lost.Size, ring.Head, out PerfRecord samples));

        Assert.Equal((PerfRecordType.Lost, 5ul, PerfRecordType.LostSamples, 7ul), (lost.Type, lost.Lost, samples.Type, samples.Lost));
    }

    [Theory]
    [InlineData(9u, 0, "claims 0 bytes")]
    [InlineData(9u, 4, "claims 4 bytes")]
    [InlineData(9u, 12, "claims 12 bytes")]
    [InlineData(9u, 72, "claims 72 bytes where 64 are unread")]
    [InlineData(9u, 32, "a sample claims 32 bytes")]
    [InlineData(2u, 16, "lost events claims 16 bytes")]
    [InlineData(13u, 8, "lost events claims 8 bytes")]
    [InlineData(77u, 65528, "claims 65528 bytes")]
    public void Sizes_that_cannot_be_are_problems(uint type, int size, string problem)
    {
        using var ring = new FakeRing(128);
        byte[] record = new byte[64];
        FakeRing.Header(type, size)[..8].CopyTo(record, 0);
        ring.Write(record);

        Assert.Contains(problem, PerfRecordReader.Read(ring.Data, 0, ring.Head, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_bytes_beyond_the_sample_are_a_problem()
    {
        using var ring = new FakeRing(128);
        byte[] record = FakeRing.Sample(1, Raw);
        FakeRing.Put(record, 32, 61);
        ring.Write(record);

        Assert.Contains("claims 61 raw bytes", PerfRecordReader.Read(ring.Data, 0, ring.Head, out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 136)]
    [InlineData(8, 0)]
    [InlineData(4, 64)]
    [InlineData(0, 4)]
    public void Positions_that_cannot_be_are_problems(ulong position, ulong head)
    {
        using var ring = new FakeRing(128);

        Assert.Contains("unread bytes at position", PerfRecordReader.Read(ring.Data, position, head, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_end_in_a_record_or_a_problem()
    {
        var random = new Random(4711);
        using var ring = new FakeRing(256);
        byte[] raw = new byte[1 << 16];
        for (int round = 0; round < 50_000; round++)
        {
            random.NextBytes(ring.Data);
            ulong position = (ulong)random.Next(64) * 8;
            ulong head = position + ((ulong)random.Next(34) * 8);
            int at = (int)(position % 256);
            uint[] types = [2, 9, 13, (uint)random.Next(32)];
            BitConverter.TryWriteBytes(ring.Data[at..], types[random.Next(4)]);
            BitConverter.TryWriteBytes(ring.Data[(at + 6)..], (ushort)(random.Next(34) * 8));
            BitConverter.TryWriteBytes(ring.Data[((at + 32) % 256)..], random.Next(4) == 0 ? random.Next() : random.Next(256));

            if (PerfRecordReader.Read(ring.Data, position, head, out PerfRecord record) is null)
            {
                Assert.InRange(record.Size, 8, (int)(head - position));
                PerfRecordReader.CopyRaw(ring.Data, in record, raw);
            }
        }
    }
}
