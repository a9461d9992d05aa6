using System.Buffers.Binary;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Helpers.Tests;

/// <summary>Locks in map values, in an engine.</summary>
public abstract class LockTests(Proof proof) : IDisposable
{
    private const int LockAt = 4;

    private readonly EngineRun _run = new(proof);

    public void Dispose()
    {
        _run.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks the value of key 0 up into r6, with the lock's address in r7.</summary>
    private static string WithValue(string body) => $"""
        r1 = 0
        *(u32 *)(r10 -4) = r1
        r1 = map[id:0]
        r2 = r10
        r2 += -4
        call lookup#1
        if r0 == 0 goto out
        r6 = r0
        r7 = r0
        r7 += {LockAt}
        {body}
        r0 = 0
        out:
        exit
        """;

    private static string Increment { get; } = WithValue("""
        r1 = r7
        call lock#93
        r1 = *(u64 *)(r6 +8)
        r1 += 1
        *(u64 *)(r6 +8) = r1
        r1 = *(u32 *)(r6 +0)
        r1 += 1
        *(u32 *)(r6 +0) = r1
        r1 = r7
        call unlock#94
        """);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nobody_meets_a_value_that_is_not_whole(uint type)
    {
        const int Threads = 4;
        const int Rounds = 3000;
        var map = (IKeyedMap)Map(type).Map;
        using LoadedProgram program = _run.Load(Increment);
        Parallel.For(0, Threads, _ =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Assert.Equal(new RunResult(0, Trap.None), program.RunEvent(MemoryRegion.None));
            }
        });
        Assert.Equal((Threads * Rounds, 0, Threads * Rounds), Read(map));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Copies_leave_the_lock_alone(uint type)
    {
        LoadedMap map = Map(type);
        var keyed = (IKeyedMap)map.Map;

        // Holds the lock, writes the whole value by a helper, and gives it back.
        string text = WithValue("""
            r1 = 7
            *(u64 *)(r10 -24) = r1
            r1 = -1
            *(u32 *)(r10 -20) = r1
            *(u64 *)(r10 -16) = r1
            r1 = map[id:0]
            r2 = r10
            r2 += -4
            r3 = r10
            r3 += -24
            r4 = 0
            call update#2
            """);
        Assert.Equal(new RunResult(0, Trap.None), _run.Run(text));
        Assert.Equal((7, 0, -1), Read(keyed));
        byte[] value = new byte[16];
        value.AsSpan().Fill(9);
        Assert.Equal(Errno.None, keyed.Update(new byte[4], value, MapUpdateFlags.Lock));
        Assert.Equal((0x09090909, 0, 0x0909090909090909), Read(keyed));
        Assert.Equal(new RunResult(0, Trap.None), _run.Run(Increment));
    }

    [Fact]
    public void A_lock_that_is_never_given_back_holds_nobody_up_for_ever()
    {
        var map = (IKeyedMap)Map(2).Map;
        unsafe
        {
            *(int*)(((IDirectValueMap)map).Values.Address + LockAt) = 1;
        }

        Assert.Equal(Errno.EBUSY, map.Update(new byte[4], new byte[16], MapUpdateFlags.Lock));
        Assert.Equal(new RunResult(0, Trap.None), _run.Run(Increment));
        Assert.Equal(Errno.None, map.Update(new byte[4], new byte[16], MapUpdateFlags.Lock));
    }

    public static TheoryData<string, TrapKind> Wrong => new()
    {
        { "r1 = r7\ncall lock#93", TrapKind.ReferenceLeak },
        { "r1 = r7\ncall lock#93\nr1 = r7\ncall lock#93", TrapKind.HelperArgument },
        { "r1 = r7\ncall unlock#94", TrapKind.HelperArgument },
        { "r1 = r7\ncall lock#93\ncall random#7", TrapKind.HelperArgument },
        { "r1 = r7\ncall lock#93\nr1 = 0\nr1 = *(u64 *)(r1 +0)", TrapKind.MemoryAccess },
        { "r1 = r6\ncall lock#93", TrapKind.HelperArgument },
        { "r1 = r10\nr1 += -8\ncall lock#93", TrapKind.HelperArgument },
        { "r1 = 4096\ncall lock#93", TrapKind.HelperArgument },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_run_that_goes_wrong_leaves_the_lock_free(string body, TrapKind trap)
    {
        LoadedMap map = Map(2);
        Assert.Equal(trap, _run.Run(WithValue(body)).Trap.Kind);
        Assert.Equal(Errno.None, ((IKeyedMap)map.Map).Update(new byte[4], new byte[16], MapUpdateFlags.Lock));
        Assert.Equal(new RunResult(0, Trap.None), _run.Run(Increment));
    }

    [Fact]
    public void Values_that_others_share_or_that_cannot_be_written_have_no_lock()
    {
        Assert.Throws<Findings.FindingsException>(() => _run.Map(6, 4, 16, 2, valueType: 4));
        Assert.Equal(Errno.EINVAL, ((IKeyedMap)_run.Map(2, 4, 16, 2).Map).Update(new byte[4], new byte[16], MapUpdateFlags.Lock));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void A_value_has_one_lock_where_it_can_be_taken(uint valueType)
        => Assert.Throws<Findings.FindingsException>(() => _run.Map(2, 4, 16, 2, valueType));

    private LoadedMap Map(uint type)
    {
        LoadedMap map = _run.Map(type, 4, 16, 2, valueType: 4);
        Assert.Equal(Errno.None, ((IKeyedMap)map.Map).Update(new byte[4], new byte[16]));
        return map;
    }

    private static (int Before, int Lock, long Counter) Read(IKeyedMap map)
    {
        byte[] value = new byte[16];
        Assert.Equal(Errno.None, map.Lookup(new byte[4], value));
        return (BinaryPrimitives.ReadInt32LittleEndian(value), BinaryPrimitives.ReadInt32LittleEndian(value.AsSpan(LockAt)), BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(8)));
    }
}

public sealed class ProvedLockTests() : LockTests(Proof.Full);

public sealed class CheckedLockTests() : LockTests(Proof.Structure);
