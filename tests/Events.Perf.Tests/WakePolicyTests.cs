using Skep.Events.Reading;

namespace Skep.Events.Perf.Tests;

public class WakePolicyTests
{
    private const ulong Start = 1_000_000_000_000;

    [Fact]
    public void Few_events_wake_each()
    {
        var policy = new WakePolicy();
        for (ulong i = 0; i < 1000; i++)
        {
            Assert.False(policy.Observe(Start + (i * WakePolicy.WindowNanoseconds / (WakePolicy.Many / 2)), 1));
        }

        Assert.True(policy.WakesAtEach);
    }

    [Fact]
    public void Many_events_within_a_window_do_not_and_few_do_again()
    {
        var policy = new WakePolicy();
        policy.Observe(Start, 1);
        Assert.False(policy.Observe(Start + 1, WakePolicy.Many - 1));
        Assert.True(policy.Observe(Start + 2, 1));
        Assert.False(policy.WakesAtEach);

        ulong window = Start + 2 + WakePolicy.WindowNanoseconds;
        Assert.False(policy.Observe(window, WakePolicy.Few));
        Assert.False(policy.Observe(window + 1, 0));
        Assert.True(policy.Observe(window + WakePolicy.WindowNanoseconds, WakePolicy.Few - 1));
        Assert.True(policy.WakesAtEach);
    }
}
