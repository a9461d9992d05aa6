using Skep.Events.Records;
using Skep.Events.Rings;

namespace Skep.Events.Perf.Tests;

public class TimeMergeTests
{
    private static readonly byte[] Raw = new byte[12];

    [Fact]
    public void Samples_of_all_rings_come_in_the_order_of_time()
    {
        using var first = new FakeRing(1024);
        using var second = new FakeRing(1024);
        var merge = new TimeMerge([first.Records, second.Records]);
        Write(first, 1, 4, 5);
        Write(second, 2, 3, 6);

        Assert.Equal([1ul, 2, 3, 4, 5, 6], Take(merge, ulong.MaxValue));
        Assert.False(merge.HasMore);
        Assert.Equal((first.Head, second.Head), (first.Tail, second.Tail));
    }

    [Fact]
    public void What_is_later_than_the_limit_waits()
    {
        using var first = new FakeRing(1024);
        using var second = new FakeRing(1024);
        var merge = new TimeMerge([first.Records, second.Records]);
        Write(first, 10, 30);

        Assert.Equal([10ul], Take(merge, until: 20));
        Assert.True(merge.HasMore);
        Assert.NotEqual(first.Head, first.Tail);
        Write(second, 15, 25, 40);
        Assert.Equal([15ul, 25, 30], Take(merge, until: 35));
        Assert.Equal([40ul], Take(merge, until: 40));
    }

    [Fact]
    public void Lost_and_unknown_records_are_passed_over_and_counted()
    {
        using var ring = new FakeRing(1024);
        var merge = new TimeMerge([ring.Records]);
        ring.Write(FakeRing.Lost(3));
        Write(ring, 1);
        ring.Write(FakeRing.Header(99, 40));
        ring.Write(FakeRing.LostSamples(4));

        Assert.Equal([1ul], Take(merge, ulong.MaxValue));
        Assert.Equal((7, ring.Head), (ring.Records.Lost, ring.Tail));
    }

    [Fact]
    public void After_a_corrupt_record_the_next_batch_is_read()
    {
        using var ring = new FakeRing(1024);
        var merge = new TimeMerge([ring.Records]);
        Write(ring, 1);
        ring.Write(FakeRing.Header(9, 12));
        ring.Write(new byte[4]);
        Assert.Equal([1ul], Take(merge, ulong.MaxValue));
        Assert.NotNull(ring.Records.Problem);

        Write(ring, 2);
        Assert.Equal([2ul], Take(merge, ulong.MaxValue));
    }

    [Fact]
    public void Rooms_go_back_to_the_kernel_before_a_long_batch_ends()
    {
        using var ring = new FakeRing(1024);
        var merge = new TimeMerge([ring.Records]);
        Write(ring, [.. Enumerable.Range(1, 20).Select(time => (ulong)time)]);
        merge.Extend();
        for (int i = 0; i < 10; i++)
        {
            Assert.NotNull(merge.Next(ulong.MaxValue));
        }

        Assert.InRange(ring.Tail, 1ul, ring.Head - 1);
    }

    [Fact]
    public void Positions_wrap_around_64_bits()
    {
        using var ring = new FakeRing(1024, ulong.MaxValue - 63);
        var merge = new TimeMerge([ring.Records]);
        Write(ring, 1, 2, 3);

        Assert.Equal([1ul, 2, 3], Take(merge, ulong.MaxValue));
        Assert.Equal(ring.Head, ring.Tail);
    }

    private static void Write(FakeRing ring, params ulong[] times)
    {
        foreach (ulong time in times)
        {
            ring.Write(FakeRing.Sample(time, Raw));
        }
    }

    private static List<ulong> Take(TimeMerge merge, ulong until)
    {
        var times = new List<ulong>();
        merge.Extend();
        while (merge.Next(until) is { } ring)
        {
            Assert.Equal(PerfRecordType.Sample, ring.Current.Type);
            times.Add(ring.Current.Time);
        }

        merge.Publish();
        return times;
    }
}
