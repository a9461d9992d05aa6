using System.Diagnostics;
using Skep.Contracts;
using Skep.Helpers.Machine;
using static Skep.Helpers.Tests.HelperCall;

namespace Skep.Helpers.Tests;

public unsafe class TaskTests
{
    private static readonly EventOrigin Elsewhere = new() { IsKnown = true, ProcessId = 200, ThreadId = 201, Cpu = 7 };
    private static readonly ulong NoTask = Errno.EINVAL.ToProgram();

    private readonly FakeTime _time = new();
    private readonly FakeMachine _machine = new();
    private readonly TaskHelpers _set;

    public TaskTests() => _set = new TaskHelpers(_time, _machine);

    [Fact]
    public void An_event_that_knows_its_task_decides()
    {
        Assert.Equal(7ul, _set.Call("bpf_get_smp_processor_id", Elsewhere));
        Assert.Equal((200ul << 32) | 201, _set.Call("bpf_get_current_pid_tgid", Elsewhere));
    }

    [Fact]
    public void Otherwise_it_is_the_running_thread()
    {
        Assert.Equal(3ul, _set.Call("bpf_get_smp_processor_id", default));
        Assert.Equal((100ul << 32) | 101, _set.Call("bpf_get_current_pid_tgid", default));
    }

    [Fact]
    public void User_and_group_are_the_tasks()
    {
        _machine.Tasks[201] = new TaskInfo(Ascii("x"), 1000, 100);
        _machine.Tasks[101] = new TaskInfo(Ascii("x"), 0, 0);
        Assert.Equal((100ul << 32) | 1000, _set.Call("bpf_get_current_uid_gid", Elsewhere));
        Assert.Equal(0ul, _set.Call("bpf_get_current_uid_gid", default));
    }

    [Fact]
    public void Without_a_task_there_is_no_user_and_no_name()
    {
        Assert.Equal(NoTask, _set.Call("bpf_get_current_uid_gid", Elsewhere));
        Assert.Equal((NoTask, "\0\0\0\0"), Command(4, Elsewhere));
        _machine.Tasks[101] = new TaskInfo(Ascii("nameonly"), null, null);
        Assert.Equal(NoTask, _set.Call("bpf_get_current_uid_gid", default));
    }

    [Theory]
    [InlineData(16, "skep\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData(5, "skep\0")]
    [InlineData(4, "ske\0")]
    [InlineData(1, "\0")]
    public void The_name_is_cut_and_padded_to_its_room(int size, string expected)
    {
        _machine.Tasks[201] = new TaskInfo(Ascii("skep"), 0, 0);
        Assert.Equal((0ul, expected), Command(size, Elsewhere));
    }

    [Fact]
    public void The_idle_task_has_the_kernels_name_for_it()
    {
        EventOrigin idle = new() { IsKnown = true, Cpu = 1 };
        Assert.Equal((0ul, "swapper/1\0"), Command(10, idle));
        Assert.Equal(0ul, _set.Call("bpf_get_current_uid_gid", idle));
        Assert.Equal((0ul, "swapper/2\0"), Command(10, idle with { Cpu = 2 }));
        Assert.Equal(0, _machine.Reads);
    }

    [Fact]
    public void A_task_is_looked_up_once_for_a_while()
    {
        _machine.Tasks[201] = new TaskInfo(Ascii("old"), 0, 0);
        Assert.Equal("old\0", Command(4, Elsewhere).Text);
        _machine.Tasks[201] = new TaskInfo(Ascii("new"), 0, 0);
        _time.Nanoseconds += 99_000_000;
        Assert.Equal("old\0", Command(4, Elsewhere).Text);
        _time.Nanoseconds += 1_000_000;
        Assert.Equal("new\0", Command(4, Elsewhere).Text);
        Assert.Equal(2, _machine.Reads);
    }

    [Fact]
    public void Tasks_that_share_a_place_are_not_mixed_up()
    {
        _machine.Tasks[1] = new TaskInfo(Ascii("a"), 0, 0);
        _machine.Tasks[257] = new TaskInfo(Ascii("b"), 0, 0);
        EventOrigin one = new() { IsKnown = true, ProcessId = 1, ThreadId = 1 };
        Assert.Equal("a\0", Command(2, one).Text);
        Assert.Equal("b\0", Command(2, one with { ThreadId = 257 }).Text);
        Assert.Equal("a\0", Command(2, one).Text);
    }

    [Fact]
    public void The_running_thread_of_the_real_system_is_seen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var set = new TaskHelpers(TimeProvider.System);
        string folder = $"/proc/self/task/{new LocalMachine().ThreadId}";
        Assert.Equal((uint)Environment.ProcessId, set.Call("bpf_get_current_pid_tgid", default) >> 32);
        Assert.True(Directory.Exists(folder));
        Assert.Equal(File.ReadAllText($"{folder}/comm").TrimEnd('\n'), Command(set, 16, default).Text.TrimEnd('\0'));
        Assert.InRange(set.Call("bpf_get_smp_processor_id", default), 0ul, (ulong)Environment.ProcessorCount - 1);
        string user = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(user, $"{(uint)set.Call("bpf_get_current_uid_gid", default)}");
    }

    [Fact]
    public void Another_process_of_the_real_system_is_seen_until_it_is_gone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using Process child = Process.Start("sleep", "30");
        EventOrigin origin = new() { IsKnown = true, ProcessId = child.Id, ThreadId = child.Id };
        try
        {
            Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child.Id}/comm") == "sleep\n", TimeSpan.FromSeconds(5)));
            Assert.Equal((0ul, "sleep\0"), Command(new TaskHelpers(TimeProvider.System), 6, origin));
            Assert.Equal((0ul, "sleep\0"), Command(new TaskHelpers(TimeProvider.System), 6, origin with { ThreadId = 0 }));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        Assert.Equal((NoTask, "\0\0"), Command(new TaskHelpers(TimeProvider.System), 2, origin));
    }

    private (ulong Result, string Text) Command(int size, EventOrigin origin) => Command(_set, size, origin);

    private static (ulong Result, string Text) Command(TaskHelpers set, int size, EventOrigin origin)
    {
        byte* buffer = stackalloc byte[size + 1];
        new Span<byte>(buffer, size + 1).Fill(0x77);
        ulong result = set.Call("bpf_get_current_comm", origin, Address(buffer), (ulong)size);
        Assert.Equal(0x77, buffer[size]);
        return (result, System.Text.Encoding.ASCII.GetString(buffer, size));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(8191, 8191)]
    [InlineData(9000, 8191)]
    [InlineData(-1, 0)]
    public void A_cpu_number_is_within_what_its_descriptor_promises(int cpu, ulong expected)
    {
        var set = new TaskHelpers(TimeProvider.System, new FakeMachine());
        Assert.Equal(expected, set.Call("bpf_get_smp_processor_id", new EventOrigin { IsKnown = true, Cpu = cpu }));
    }

    [Fact]
    public void A_memory_node_is_the_events()
    {
        var set = new TaskHelpers(TimeProvider.System, new FakeMachine());
        Assert.Equal(3u, set.Call("bpf_get_numa_node_id", new EventOrigin { IsKnown = true, Cpu = 7 }));
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 0, 1], NodeTable.Parse([("node0", "0-1\n"), ("node1", "2-3,8\n"), ("nodes", "4"), ("node2", "\n")]));
    }
}
