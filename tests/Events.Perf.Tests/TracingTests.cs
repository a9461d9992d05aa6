using Skep.Contracts;
using Skep.Events.Rings;
using Skep.Events.Tracing;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Events.Perf.Tests;

public sealed class TracingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("skep-tracefs").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("syscalls/sys_enter_openat", "syscalls", "sys_enter_openat")]
    [InlineData("sched:sched_switch", "sched", "sched_switch")]
    [InlineData("xhci-hcd/xhci_urb", "xhci-hcd", "xhci_urb")]
    public void Targets_are_read(string text, string category, string name)
    {
        Assert.True(TracepointName.TryParse(text, out TracepointName? parsed));
        Assert.Equal((category, name), (parsed.Category, parsed.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sched")]
    [InlineData("sched/")]
    [InlineData("/sched_switch")]
    [InlineData("a/b/c")]
    [InlineData("../id")]
    [InlineData("sched/..")]
    [InlineData("sched/a b")]
    [InlineData("sched/a\0")]
    [InlineData("sched/é")]
    public void Other_targets_are_not(string text) => Assert.False(TracepointName.TryParse(text, out _));

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8\n", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("", new int[0])]
    public void Cpu_lists_are_read(string text, int[] cpus) => Assert.Equal(cpus, CpuList.Parse(text));

    [Theory]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("0-999999999")]
    public void Other_cpu_lists_are_not(string text) => Assert.Null(CpuList.Parse(text));

    [Fact]
    public void Tracepoints_are_listed_sorted()
    {
        using TraceFileSystem tracing = Fake("sched:sched_switch", "irq:softirq_entry", "sched:sched_process_exec", "what is this");

        IReadOnlyList<TracepointName> names = tracing.List().GetOrThrow();

        Assert.Equal(["irq/softirq_entry", "sched/sched_process_exec", "sched/sched_switch"], names.Select(name => name.ToString()));
    }

    [Fact]
    public void Numbers_are_found()
    {
        using TraceFileSystem tracing = Fake("sched:sched_switch");
        Assert.Null(tracing.FindNumber(new TracepointName("sched", "sched_switch"), out ulong number));
        Assert.Equal(100ul, number);
    }

    [Theory]
    [InlineData("sched", "sched_swich", "near are sched/sched_switch")]
    [InlineData("syscall", "sched_switch", "near are sched/sched_switch")]
    [InlineData("syscalls", "openat", "near are syscalls/sys_enter_openat, syscalls/sys_exit_openat")]
    [InlineData("syscalls", "enter_openat", "near are syscalls/sys_enter_openat")]
    public void A_missing_tracepoint_suggests_near_names(string category, string name, string hint)
    {
        using TraceFileSystem tracing = Fake("sched:sched_switch", "irq:softirq_entry", "syscalls:sys_enter_openat", "syscalls:sys_exit_openat");

        Finding? finding = tracing.FindNumber(new TracepointName(category, name), out _);

        Assert.Equal(AttachRules.NoSuchTarget, finding?.Rule);
        Assert.Contains(hint, finding?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_near_suggests_nothing()
    {
        using TraceFileSystem tracing = Fake("sched:sched_switch");
        Finding? finding = tracing.FindNumber(new TracepointName("acme", "tea_ready"), out _);
        Assert.Equal("this kernel has no tracepoint acme/tea_ready", finding?.Message);
    }

    [Fact]
    public void A_place_without_tracefs_is_none() => Assert.Null(TraceFileSystem.TryOpen(_root));

    [Fact]
    public void A_number_that_is_none_is_a_finding()
    {
        using TraceFileSystem tracing = Fake("sched:sched_switch");
        File.WriteAllText(Path.Combine(_root, "events", "sched", "sched_switch", "id"), "many\n");
        Assert.Equal(AttachRules.Failed, tracing.FindNumber(new TracepointName("sched", "sched_switch"), out _)?.Rule);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    [InlineData(-4096)]
    public void Buffers_are_powers_of_two(int bytes)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new PerfEventsOptions { BufferBytesPerCpu = bytes });

    [Fact]
    public void Plugin_offers_the_attach_point()
    {
        var plugin = new PerfEventsPlugin();
        Assert.Equal("Skep.Events.Perf", plugin.Info.Name);
        AttachPointDescriptor descriptor = new TracepointAttachPoint().Descriptor;
        Assert.Equal(("tracepoint", "CATEGORY/NAME"), (descriptor.Name, descriptor.TargetSyntax));
    }

    private TraceFileSystem Fake(params string[] events)
    {
        File.WriteAllLines(Path.Combine(_root, "available_events"), events);
        for (int i = 0; i < events.Length; i++)
        {
            if (TracepointName.TryParse(events[i], out TracepointName? name))
            {
                string folder = Path.Combine(_root, "events", name.Category, name.Name);
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, "id"), $"{100 + i}\n");
            }
        }

        return TraceFileSystem.TryOpen(_root)!.GetOrThrow();
    }
}
