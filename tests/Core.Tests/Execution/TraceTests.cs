using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>A watched run, and frames that are given as they are.</summary>
public sealed unsafe class TraceTests
{
    private const ulong Garbage = 0xdead_beef_dead_beef;

    private static readonly TestProgram Program = TestProgram.From("goto go\nr0 = 7\ngo: r1 = 5\ncall twice\nr0 += 1\nexit\ntwice: r0 = r1\nr0 += r1\nexit") with { Dead = [1], Proof = Proof.Full };

    [ThreadStatic]
    private static List<(int Slot, int Depth, ulong R0)>? _seen;

    [Fact]
    public void It_is_told_of_every_instruction_with_the_slot_of_the_spec()
    {
        _seen = [];
        using LoadedProgram loaded = Program.Load(lowered => new Interpreter<Traced<Recorder, Unchecked>>(lowered, Limits.Default));
        Assert.Equal(new RunResult(11, Trap.None), loaded.Run(default));
        Assert.Equal([(0, 0, 0ul), (2, 0, 0ul), (3, 0, 0ul), (6, 1, 0ul), (7, 1, 5ul), (8, 1, 10ul), (4, 0, 10ul), (5, 0, 11ul)], _seen);
    }

    [Fact]
    public void It_may_end_the_run()
    {
        _seen = [];
        using LoadedProgram loaded = Program.Load(lowered => new Interpreter<Traced<Stopper, Checked>>(lowered, Limits.Default));
        Assert.Equal(TrapKind.InvalidInstruction, loaded.Run(default).Trap.Kind);
        Assert.Empty(_seen);
    }

    [Theory]
    [InlineData(true, Proof.Full, 0)]
    [InlineData(false, Proof.Full, Garbage)]
    [InlineData(false, Proof.Structure, 0)]
    public void A_frame_is_cleared_unless_nothing_reads_what_it_did_not_write(bool reads, Proof proof, ulong expected)
    {
        // The first call leaves garbage where the second one's frame is.
        TestProgram program = TestProgram.From("call dirty\ncall look\nexit\ndirty: r0 = -559038737\nr0 <<= 32\nw1 = -559038737\nr0 |= r1\n*(u64 *)(r10 -8) = r0\nexit\nlook: r0 = *(u64 *)(r10 -8)\nexit") with
        {
            Proof = proof,
            ReadsUnwrittenStack = reads,
        };
        Assert.Equal(expected, program.Run(Mode.Unchecked).Value);
        Assert.Equal(0ul, program.Run(Mode.Checked).Value);
    }

    private readonly struct Recorder : ITrace
    {
        public static bool Before(RunState* state, ulong* r, int slot)
        {
            _seen!.Add((slot, state->Depth, r[0]));
            return true;
        }
    }

    private readonly struct Stopper : ITrace
    {
        public static bool Before(RunState* state, ulong* r, int slot)
        {
            state->Invocation->TrapKind = TrapKind.InvalidInstruction;
            return false;
        }
    }
}
