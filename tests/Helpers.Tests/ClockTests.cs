using System.Diagnostics;

namespace Skep.Helpers.Tests;

public class ClockTests
{
    [Fact]
    public void The_clocks_are_those_that_were_passed_in()
    {
        var machine = new FakeMachine { BootNanoseconds = 77 };
        var set = new ClockHelpers(new FakeTime { Nanoseconds = 123_456_789 }, machine);
        Assert.Equal(123_456_789ul, set.Call("bpf_ktime_get_ns", default));
        Assert.Equal(123_456_789ul, set.Call("bpf_ktime_get_coarse_ns", default));
        Assert.Equal(77ul, set.Call("bpf_ktime_get_boot_ns", default));
        machine.BootNanoseconds = null;
        Assert.Equal(123_456_789ul, set.Call("bpf_ktime_get_boot_ns", default));
    }

    [Fact]
    public void A_clock_of_another_frequency_is_converted_without_overflow()
    {
        var set = new ClockHelpers(new SlowTime(), new FakeMachine());
        Assert.Equal(4_000_000_000_000_000_000ul, set.Call("bpf_ktime_get_ns", default));
    }

    [Fact]
    public void The_real_clocks_are_the_systems()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares with Linux's clocks");
        var set = new ClockHelpers(TimeProvider.System);
        ulong before = (ulong)Stopwatch.GetTimestamp();
        ulong monotonic = set.Call("bpf_ktime_get_ns", default);
        ulong boot = set.Call("bpf_ktime_get_boot_ns", default);
        Assert.InRange(monotonic, before, (ulong)Stopwatch.GetTimestamp());
        Assert.True(boot >= monotonic, "time asleep is never negative");
        double upTime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], null);
        Assert.InRange(boot / 1e9, upTime - 5, upTime + 5);
    }

    [Fact]
    public void Random_numbers_follow_their_seed_and_fill_32_bits()
    {
        ulong[] one = Take(new RandomHelpers(1));
        Assert.Equal(one, Take(new RandomHelpers(1)));
        Assert.NotEqual(one, Take(new RandomHelpers(2)));
        Assert.NotEqual(Take(new RandomHelpers()), Take(new RandomHelpers()));
        Assert.All(one, value => Assert.InRange(value, 0ul, uint.MaxValue));
        Assert.Equal(uint.MaxValue, one.Aggregate(0ul, (all, value) => all | value));
        Assert.Equal(0ul, one.Aggregate(ulong.MaxValue, (all, value) => all & value));
        Assert.Equal(one.Length, one.Distinct().Count());

        static ulong[] Take(RandomHelpers set) => [.. Enumerable.Range(0, 64).Select(_ => set.Call("bpf_get_prandom_u32", default))];
    }

    private sealed class SlowTime : TimeProvider
    {
        public override long TimestampFrequency => 10_000_000;

        public override long GetTimestamp() => 40_000_000_000_000_000;
    }
}
