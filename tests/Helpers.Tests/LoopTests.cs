using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Helpers.Tests;

/// <summary>Loops with callbacks, walks over maps and iterators, in an engine.</summary>
public abstract class LoopTests(Proof proof) : IDisposable
{
    private readonly EngineRun _run = new(proof);

    public void Dispose()
    {
        _run.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds the numbers up; stops after <paramref name="stopAt"/>. The sum in the upper half, the result in the lower.</summary>
    private static string Loop(string count, int stopAt, int flags = 0) => $"""
        r1 = 0
        *(u64 *)(r10 -8) = r1
        r1 = {count}
        r2 = subprog[+9]
        r3 = r10
        r3 += -8
        r4 = {flags}
        call loop#181
        r1 = *(u64 *)(r10 -8)
        r1 <<= 32
        r0 |= r1
        exit
        r3 = *(u64 *)(r2 +0)
        r3 += r1
        *(u64 *)(r2 +0) = r3
        r0 = 0
        if r1 != {stopAt} goto out
        r0 = 1
        out:
        exit
        """;

    [Theory]
    [InlineData("5", 99, 5, 10)]
    [InlineData("5", 2, 3, 3)]
    [InlineData("5", 0, 1, 0)]
    [InlineData("0", 0, 0, 0)]
    public void A_loop_calls_until_it_is_told_to_stop(string count, int stopAt, ulong calls, ulong sum) => Assert.Equal((sum << 32) | calls, _run.Value(Loop(count, stopAt)));

    [Fact]
    public void A_loop_refuses_flags_and_too_many_rounds()
    {
        Assert.Equal(Errno.EINVAL.ToProgram(), _run.Value(Loop("5", 9, flags: 1)));
        Assert.Equal(Errno.E2BIG.ToProgram(), _run.Value(Loop("8388609", 9)));
        Assert.Equal(8388608u, (uint)_run.Value(Loop("8388608", -1)));
    }

    [Fact]
    public void Fuel_ends_a_loop()
    {
        using var run = new EngineRun(Proof.Structure, Limits.Default with { MaxFuel = 10_000 });
        Assert.Equal(TrapKind.FuelExhausted, run.Run(Loop("8000000", -1)).Trap.Kind);
    }

    /// <summary>Adds the values up; the callback also does what <paramref name="also"/> says, with the map in r6, the key in r7.</summary>
    private static string Walk(int stopAfter, string also = "") => $"""
        r1 = 0
        *(u64 *)(r10 -8) = r1
        r1 = map[id:0]
        r2 = subprog[+9]
        r3 = r10
        r3 += -8
        r4 = 0
        call walk#164
        r1 = *(u64 *)(r10 -8)
        r1 <<= 32
        r0 |= r1
        exit
        r6 = r1
        r7 = r2
        r8 = r4
        r1 = *(u64 *)(r3 +0)
        r2 = *(u64 *)(r8 +0)
        r2 += r1
        *(u64 *)(r8 +0) = r2
        {also}
        r0 = 0
        r2 = *(u64 *)(r8 +0)
        if r2 s< {stopAfter} goto out
        r0 = 1
        out:
        exit
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_walk_meets_every_entry_and_stops_when_told(uint type)
    {
        Fill(_run.Map(type, 4, 8, 4), 4);
        Assert.Equal((10ul << 32) | 4, _run.Value(Walk(1000)));
        ulong stopped = _run.Value(Walk(1));
        Assert.Equal(1u, (uint)stopped);
        Assert.InRange(stopped >> 32, 1u, 4u);
    }

    [Fact]
    public void A_walk_may_delete_what_it_meets()
    {
        LoadedMap map = _run.Map(1, 4, 8, 16);
        Fill(map, 10);
        Assert.Equal((55ul << 32) | 10, _run.Value(Walk(1000, "r1 = r6\nr2 = r7\ncall delete#3")));
        Assert.Equal(0, ((IKeyedMap)map.Map).Count);
        Assert.Equal(0u, _run.Value(Walk(1000)));
    }

    [Fact]
    public async Task A_walk_beside_writers_ends()
    {
        LoadedMap map = _run.Map(1, 4, 8, 64);
        Fill(map, 64);
        using LoadedProgram program = _run.Load(Walk(int.MaxValue));
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(
            () =>
            {
                var random = new Random(1);
                while (!stop.IsCancellationRequested)
                {
                    byte[] key = BitConverter.GetBytes(random.Next(64));
                    ((IKeyedMap)map.Map).Delete(key);
                    ((IKeyedMap)map.Map).Update(key, BitConverter.GetBytes(1L));
                }
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < 2000; i++)
        {
            RunResult result = program.RunEvent(MemoryRegion.None);
            Assert.Equal(Trap.None, result.Trap);
            Assert.InRange((uint)result.Value, 0u, 64u);
        }

        await stop.CancelAsync();
        await writer;
    }

    /// <summary>Sums what an iterator gives; the result of its beginning in the upper half.</summary>
    private static string Iterate(int start, int end) => $"""
        r6 = 0
        r1 = r10
        r1 += -8
        r2 = {start}
        r3 = {end}
        call kernel-function#0
        r7 = r0
        again:
        r1 = r10
        r1 += -8
        call kernel-function#1
        if r0 == 0 goto done
        r1 = *(u32 *)(r0 +0)
        r6 += r1
        goto again
        done:
        r1 = r10
        r1 += -8
        call kernel-function#2
        r0 = r7
        r0 <<= 32
        r0 |= r6
        exit
        """;

    [Theory]
    [InlineData(0, 5, 10)]
    [InlineData(3, 3, 0)]
    [InlineData(2147483640, 2147483647, 15032385501)]
    public void An_iterator_gives_the_numbers_of_a_range(int start, int end, ulong sum) => Assert.Equal(sum, _run.Value(Iterate(start, end)));

    [Theory]
    [InlineData(1, 0, Errno.EINVAL)]
    [InlineData(0, 8388609, Errno.E2BIG)]
    [InlineData(int.MinValue, int.MaxValue, Errno.E2BIG)]
    public void An_iterator_of_a_bad_range_gives_nothing(int start, int end, Errno errno) => Assert.Equal((ulong)(uint)-(int)errno << 32, _run.Value(Iterate(start, end)));

    [Fact]
    public void A_forged_iterator_harms_nobody()
    {
        const string Forged = """
            r1 = 0x7ffffffe7fffffff ll
            *(u64 *)(r10 -8) = r1
            r6 = 1000
            again:
            r1 = r10
            r1 += -8
            call kernel-function#1
            r6 += -1
            if r6 != 0 goto again
            r0 = 7
            exit
            """;
        Assert.Equal(7u, _run.Value(Forged.Replace(" ll", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("r1 = 64")]
    [InlineData("r1 = r10\nr1 += -4")]
    [InlineData("r1 = r10")]
    [InlineData("r1 = r10\nr1 += -12")]
    public void An_iterator_lies_on_the_stack(string text)
    {
        // The verifier refuses these once it knows iterators; until then the engine does.
        RunResult result = _run.Run(text + "\nr2 = 0\nr3 = 1\ncall kernel-function#0\nr0 = 0\nexit");
        Assert.Equal(TrapKind.HelperArgument, result.Trap.Kind);
    }

    private static void Fill(LoadedMap map, int entries)
    {
        for (int i = 0; i < entries; i++)
        {
            Assert.Equal(Errno.None, ((IKeyedMap)map.Map).Update(BitConverter.GetBytes(i), BitConverter.GetBytes((long)i + 1)));
        }
    }
}

public sealed class ProvedLoopTests() : LoopTests(Proof.Full);

public sealed class CheckedLoopTests() : LoopTests(Proof.Structure);
