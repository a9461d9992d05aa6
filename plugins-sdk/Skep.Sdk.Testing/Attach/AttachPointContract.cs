using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>
/// What holds for every <see cref="IAttachPoint"/>. Tests run programs that count their events, and ask the derived class to make events happen (<see cref="Cause"/>).
/// </summary>
public abstract class AttachPointContract
{
    private const string Count = "r1 = map[runs][0]+0\nr2 = 1\nlock *(u64 *)(r1 +0) += r2\n";
    private const int Patience = 30_000;

    /// <summary>The attach point under test; one for each test, and the one that <see cref="Cause"/> speaks of from then on.</summary>
    protected abstract IAttachPoint Create();

    /// <summary>The program type that tests attach; one of the attach point's.</summary>
    protected abstract IProgramType ProgramType { get; }

    /// <summary>A target that can be attached to.</summary>
    protected abstract string Target { get; }

    /// <summary>Targets that are wrong in every way that the author can think of.</summary>
    protected abstract IEnumerable<string> BadTargets { get; }

    /// <summary>Back ends on which programs run, beside the interpreter.</summary>
    protected virtual IEnumerable<IJitBackend> Backends => [];

    /// <summary>Makes events happen for what is attached to <see cref="Target"/>: at least one, delivered when it returns or soon after.</summary>
    protected abstract void Cause();

    /// <summary>Whether several programs may be attached to the target at once.</summary>
    protected virtual bool AllowsSeveral => true;

    /// <summary>What is left open by the source, such as handles and timers, where the author can count it; 0 when nothing is attached.</summary>
    protected virtual int OpenResources => 0;

    [Fact]
    public void The_descriptor_says_who_it_is_and_what_it_drives()
    {
        AttachPointDescriptor descriptor = Create().Descriptor;
        Assert.Matches(@"^[A-Za-z0-9][\w./\-]*$", descriptor.Name);
        Assert.Matches(@"^[A-Z].+\.$", descriptor.Description);
        Assert.NotEmpty(descriptor.ProgramTypes);
        Assert.False(string.IsNullOrWhiteSpace(descriptor.TargetSyntax));
        Assert.Contains(ProgramType.Descriptor.Name, descriptor.ProgramTypes);
    }

    [Fact]
    public void Targets_are_sorted_or_findings_say_why_there_are_none()
    {
        Result<IReadOnlyList<AttachTarget>> targets = Create().ListTargets();
        Assert.True(targets.IsSuccess || targets.Findings.All(finding => finding.Remedy.Length > 0));
        if (targets.IsSuccess)
        {
            Assert.Equal(targets.Value.Select(target => target.Name).Order(StringComparer.Ordinal), targets.Value.Select(target => target.Name));
            Assert.Equal(targets.Value.Count, targets.Value.DistinctBy(target => target.Name).Count());
            Assert.All(targets.Value, target => Assert.NotEqual("", target.Name));
        }
    }

    [Fact]
    public void Bad_targets_are_findings_and_leave_nothing_behind()
    {
        using var world = new World(this);
        using LoadedProgram program = world.Load();
        Assert.NotEmpty(BadTargets);
        foreach (string target in BadTargets)
        {
            Result<Link> attached = world.Attach(program, target);
            attached.Value?.Dispose();
            Assert.False(attached.IsSuccess, $"'{target}' was attached to");
            Assert.All(attached.Findings, finding =>
            {
                Assert.True(finding.Rule != AttachRules.Failed, $"'{target}' made the attach point throw: {finding.Message}");
                Assert.True(finding.Message.Length > 0 && finding.Remedy.Length > 0, $"'{target}': a finding says what is wrong and what to do");
            });
            Assert.Empty(program.Holders);
            Assert.Empty(world.Runtime.Runtime.Links);
            Assert.Equal(0, OpenResources);
        }
    }

    [Fact]
    public void Events_run_the_program_on_every_engine_and_are_counted()
    {
        using var world = new World(this);
        foreach (string engine in world.Runtime.Engines)
        {
            using LoadedProgram program = world.Load(engine);
            ulong before = world.Runs;
            using Link link = world.AttachGood(program);
            Assert.Equal((world.Point.Descriptor.Name, Target), (link.AttachPoint, link.Target));
            Assert.Same(program, link.Program);
            Assert.NotEmpty(program.Holders);
            world.CauseUntil(() => world.Runs >= before + 3);
            link.Dispose();
            Assert.Equal((long)(world.Runs - before), link.Events);
            Assert.Null(link.Problem);
            Assert.Empty(program.Holders);
        }
    }

    [Fact]
    public void After_detaching_nothing_runs_and_nothing_is_held()
    {
        using var world = new World(this);
        using LoadedProgram program = world.Load();
        for (int round = 0; round < 20; round++)
        {
            Link link = world.AttachGood(program);
            world.CauseUntil(() => link.Events > 0);
            link.Dispose();
            (ulong runs, long events) = (world.Runs, link.Events);
            Cause();
            Thread.Yield();
            Cause();
            Assert.True(world.Runs == runs && link.Events == events, "an event ran the program after its link was disposed");
            Assert.True(link.IsDisposed);
            Assert.Empty(program.Holders);
            Assert.Equal(0, OpenResources);
        }

        Assert.Empty(world.Runtime.Runtime.Links);
    }

    [Fact]
    public void Disposing_from_many_threads_while_events_come_detaches_once()
    {
        using var world = new World(this);
        for (int round = 0; round < 20; round++)
        {
            LoadedProgram program = world.Load();
            Link link = world.AttachGood(program);
            Crowd.Run(4, thread =>
            {
                if (thread == 0)
                {
                    Cause();
                }

                link.Dispose();
            });
            ulong runs = world.Runs;
            Cause();
            Assert.Equal(runs, world.Runs);
            Assert.Empty(program.Holders);
            program.Dispose();
        }
    }

    [Fact]
    public void A_program_that_is_replaced_while_events_come_loses_none_and_runs_none_twice()
    {
        using var world = new World(this);
        using LoadedProgram first = world.Load();
        using LoadedProgram second = world.Load(world.Runtime.Engines[^1]);
        Link link = world.AttachGood(first);
        ulong start = world.Runs;
        bool isOver = false;
        Crowd.Run(2, thread =>
        {
            if (thread == 0)
            {
                while (!Volatile.Read(ref isOver))
                {
                    Cause();
                }

                return;
            }

            try
            {
                for (int i = 0; i < 200; i++)
                {
                    link.Replace(i % 2 == 0 ? second : first);
                    Assert.Empty((i % 2 == 0 ? first : second).Holders);
                }
            }
            finally
            {
                Volatile.Write(ref isOver, true);
            }
        });
        world.CauseUntil(() => link.Events > 0);
        link.Dispose();
        Assert.True(link.Events == (long)(world.Runs - start), $"{link.Events} events ran programs {world.Runs - start} times");
    }

    [Fact]
    public void A_program_of_another_type_cannot_take_over()
    {
        using var world = new World(this);
        using LoadedProgram program = world.Load();
        using LoadedProgram other = world.Runtime.Load("r0 = 0\nexit");
        using Link link = world.AttachGood(program);
        Assert.Throws<ArgumentException>(() => link.Replace(other));
        Assert.False(world.Attach(other, Target).IsSuccess, "a program of a type that the attach point does not drive was attached");
    }

    [Fact]
    public void Several_programs_get_the_same_events()
    {
        if (!AllowsSeveral)
        {
            return;
        }

        using var world = new World(this);
        using LoadedProgram program = world.Load();
        Link[] links = [.. Enumerable.Range(0, 5).Select(_ => world.AttachGood(program))];
        world.CauseUntil(() => Array.TrueForAll(links, link => link.Events > 0));
        links[2].Dispose();
        long[] events = [.. links.Select(link => link.Events)];
        world.CauseUntil(() => links[0].Events > events[0] && links[4].Events > events[4]);
        Assert.Equal(events[2], links[2].Events);
        foreach (Link link in links)
        {
            link.Dispose();
        }

        Assert.Equal(0, OpenResources);
    }

    [Fact]
    public void Disposing_the_runtime_detaches_all()
    {
        var world = new World(this);
        Link link = world.AttachGood(world.Load());
        world.CauseUntil(() => link.Events > 0);
        world.Dispose();
        Assert.True(link.IsDisposed);
        long events = link.Events;
        Cause();
        Assert.Equal(events, link.Events);
        Assert.Equal(0, OpenResources);
    }

    [Fact]
    public void Links_that_come_and_go_leave_nothing_behind()
    {
        using var world = new World(this);
        using LoadedProgram program = world.Load();
        Cycle(50);
        ProcessMemory.ShouldNotGrow(100L << 20, () => Cycle(500));
        Assert.Equal(0, OpenResources);
        Assert.Empty(program.Holders);

        string Cycle(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Link link = world.AttachGood(program);
                if (i % 10 == 0)
                {
                    Cause();
                }

                link.Dispose();
            }

            return $"{count} links came and went";
        }
    }

    private sealed class World : IDisposable
    {
        private readonly AttachPointContract _contract;
        private readonly FakeArray _runs;

        public World(AttachPointContract contract)
        {
            _contract = contract;
            Point = contract.Create();
            Runtime = new FakeRuntime([Point, contract.ProgramType, .. contract.Backends]);
            _runs = Runtime.AddMemory("runs", sizeof(ulong));
        }

        public IAttachPoint Point { get; }

        public FakeRuntime Runtime { get; }

        /// <summary>How often programs ran.</summary>
        public ulong Runs => _runs.FirstWord;

        public LoadedProgram Load(string engine = EngineOptions.Interpreter)
        {
            ReturnRange range = _contract.ProgramType.Descriptor.Returns;
            return Runtime.Load($"{Count}r0 = {Math.Clamp(0, range.Minimum, range.Maximum)}\nexit", engine, _contract.ProgramType.Descriptor.Name);
        }

        public Result<Link> Attach(LoadedProgram program, string target) => Runtime.Runtime.Attach(program, Point.Descriptor.Name, target);

        public Link AttachGood(LoadedProgram program)
        {
            Result<Link> attached = Attach(program, _contract.Target);
            Assert.True(attached.IsSuccess, string.Join('\n', attached.Findings));
            return attached.Value;
        }

        public void CauseUntil(Func<bool> isReached)
        {
            long end = Environment.TickCount64 + Patience;
            while (!isReached())
            {
                _contract.Cause();
                Assert.True(Environment.TickCount64 < end, "events were caused again and again, and did not run the program");
                Thread.Yield();
            }
        }

        public void Dispose() => Runtime.Dispose();
    }
}
