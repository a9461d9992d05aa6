using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Worlds;

namespace Skep.Engines.Tests.Fuel;

/// <summary>
/// Where loops are not proved to end, every engine counts alike: with each amount of fuel from none to enough, runs stop at the same slot with the same trap, the same fuel left and
/// the same things done.
/// </summary>
public sealed class FuelTests
{
    private const int Most = 260;

    /// <summary>What the programs count with, so that the loops are nested, called and interrupted in every way.</summary>
    public static TheoryData<string, string> Programs => new()
    {
        { "a loop", """
            r7 = 0
            r6 = *(u32 *)(r1 +0)
            top:
            r7 += 1
            r6 *= 3
            r6 += 7
            if r6 != 5 goto top
            r0 = r7
            exit
            """ },
        { "loops in a loop", """
            r7 = *(u32 *)(r1 +0)
            r8 = *(u32 *)(r1 +4)
            outer:
            r8 = r7
            inner:
            r8 *= 5
            r8 += 3
            r8 &= 15
            if r8 != 2 goto inner
            r7 *= 7
            r7 += 1
            r7 &= 1023
            if r7 != 77 goto outer
            r0 = 1
            exit
            """ },
        { "loops in functions", """
            r6 = *(u32 *)(r1 +0)
            again:
            r1 = r6
            call turn
            r6 = r0
            if r6 != 9 goto again
            r0 = 1
            exit
            turn:
            r6 = r1
            r7 = 0
            turning:
            r6 *= 11
            r6 += 5
            r7 += 1
            r8 = r6
            r8 &= 7
            if r8 != 3 goto turning
            r0 = r6
            r0 += r7
            exit
            """ },
        { "may_goto", """
            r6 = 0
            top:
            may_goto out
            r6 += 1
            goto top
            out:
            r0 = r6
            exit
            """ },
        { "may_goto in functions", """
            r6 = 0
            r7 = 5
            next:
            r1 = r7
            call count
            r6 += r0
            r7 += -1
            if r7 != 0 goto next
            r0 = r6
            exit
            count:
            r0 = 0
            top:
            may_goto out
            r0 += 1
            if r0 < r1 goto top
            out:
            exit
            """ },
        { "callbacks", """
            r1 = 6
            r2 = func body
            r3 = 0
            r4 = 0
            call bpf_loop
            exit
            body:
            r6 = r1
            turning:
            r6 *= 5
            r6 += 3
            r6 &= 7
            if r6 != 2 goto turning
            r0 = 0
            exit
            """ },
        { "callbacks in callbacks", """
            r1 = 3
            r2 = func outer
            r3 = 0
            r4 = 0
            call bpf_loop
            exit
            outer:
            r1 = 2
            r2 = func inner
            r3 = 0
            r4 = 0
            call bpf_loop
            r0 = 0
            exit
            inner:
            r0 = 0
            exit
            """ },
        { "for each element", """
            r1 = map[array]
            r2 = func body
            r3 = 0
            r4 = 0
            call bpf_for_each_map_elem
            exit
            body:
            r6 = *(u64 *)(r3 +0)
            r6 += 1
            *(u64 *)(r3 +0) = r6
            r0 = 0
            exit
            """ },
        { "an iterator", """
            r1 = r10
            r1 += -8
            r2 = 0
            r3 = 5
            call kfunc bpf_iter_num_new
            top:
            r1 = r10
            r1 += -8
            call kfunc bpf_iter_num_next
            if r0 == 0 goto out
            r6 = *(u32 *)(r0 +0)
            goto top
            out:
            r1 = r10
            r1 += -8
            call kfunc bpf_iter_num_destroy
            r0 = 3
            exit
            """ },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_engine_stops_at_the_same_place(string name, string text)
    {
        using var world = new World();
        using var comparison = new Comparison(world, Comparison.DefaultLimits);
        CorpusEntry entry = Entry(name, text);
        comparison.Load(CorpusProgram.Assemble(entry).ToSpec(entry), HostTypes.Find(entry.Type), entry.Policy).GetOrThrow();
        Assert.True(comparison.IsProved);
        int stopped = 0;
        for (ulong fuel = 0; fuel <= Most; fuel += (ulong)Sample.Every)
        {
            Assert.Null(comparison.CompareWithFuel(fuel, () => world.Reset(3), out Outcome outcome));
            if (outcome.Trap.Happened)
            {
                stopped++;
                Assert.Equal((TrapKind.FuelExhausted, 0UL), (outcome.Trap.Kind, outcome.Fuel));
            }
        }

        Assert.NotEqual(0, stopped);
        Assert.Equal(0, comparison.StackDependent);
    }

    [Fact]
    public void The_budget_of_may_goto_is_the_same_in_every_engine()
    {
        using var world = new World();
        using var comparison = new Comparison(world, Limits.Default);
        CorpusEntry entry = Entry("may_goto", """
            r0 = 0
            top:
            may_goto out
            r0 += 1
            goto top
            out:
            exit
            """);
        comparison.Load(CorpusProgram.Assemble(entry).ToSpec(entry), HostTypes.Find(entry.Type), entry.Policy).GetOrThrow();
        Assert.Null(comparison.Compare(() => world.Reset(1), out Outcome outcome));
        Assert.Equal(new Outcome(InvocationLayout.MayGotoBudget, Trap.None, Limits.Default.MaxFuel - InvocationLayout.MayGotoBudget - 1, 0), outcome);
    }

    private static CorpusEntry Entry(string name, string text) => new()
    {
        Family = "fuel",
        Name = name,
        Place = $"{name}:1",
        Type = "raw_tracepoint",
        Flags = CorpusFlags.Fuel,
        Expected = [],
        KernelAccepts = true,
        Lines = [.. text.Split('\n').Select((line, i) => new CorpusLine(i + 1, line))],
    };
}
