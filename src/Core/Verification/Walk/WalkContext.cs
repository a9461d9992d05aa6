using System.Collections.Immutable;
using Skep.Findings;
using Skep.Isa;
using Skep.Verification.Facts;
using Skep.Verification.Log;
using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>What checks and transfers share while one function is walked: the state as it is now, and what is made along the way. Not thread-safe.</summary>
internal sealed class WalkContext(VerifierInput input, FactCollector facts, StatePool pool)
{
    private int _lastId;

    public VerifierInput Input => input;

    public FactCollector Facts => facts;

    public StatePool Pool => pool;

    public Provenance Provenance { get; } = new();

    public BranchPath Paths { get; } = new();

    /// <summary>States that wait to be walked.</summary>
    public PendingStates Pending { get; } = new();

    /// <summary>Writes the walk down; null where nobody asked.</summary>
    public WalkLog? Log { get; init; }

    /// <summary>Loops may go round without a proof; fuel bounds them.</summary>
    public bool CountsFuel { get; init; }

    /// <summary>The state on the path that is walked now.</summary>
    public VerifierState State { get; set; } = new();

    public FrameState Frame => State.Current;

    /// <summary>The instruction that is looked at.</summary>
    public int Slot { get; set; }

    public Instruction Instruction => input.Code[Slot];

    /// <summary>The last branch of this path.</summary>
    public int Path { get; set; }

    /// <summary>The state that this path was last compared at and kept.</summary>
    public Checkpoint? Parent { get; set; }

    /// <summary>Instructions since <see cref="Parent"/>.</summary>
    public int Steps { get; set; }

    /// <summary>What the checks of a call found out, for its transfer.</summary>
    public CallFindings Call;

    public Problem? Problem { get; private set; }

    /// <summary>A number that no value of this walk has yet.</summary>
    public int NewId() => ++_lastId;

    public ref RegisterState Register(int register) => ref State.Current.Registers[register];

    /// <summary>The value decides something: a state with another value is no longer the same.</summary>
    public void MarkPrecise(in RegisterState register)
    {
        if (register.Kind == ValueKind.Scalar)
        {
            Provenance.Mark(register.Node, Provenance.Precise);
        }
    }

    /// <summary>Ends the walk.</summary>
    /// <param name="registers">Those that matter.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool Fail(Rule rule, string message, params ReadOnlySpan<int> registers) => FailStricter(rule, message, null, registers);

    /// <summary>As <see cref="Fail"/>, for what Linux would accept.</summary>
    /// <param name="note">Why it would; null where it would not.</param>
    public bool FailStricter(Rule rule, string message, string? note, params ReadOnlySpan<int> registers)
    {
        var notes = ImmutableArray.CreateBuilder<RegisterNote>();
        foreach (int register in registers)
        {
            notes.Add(new RegisterNote(((Register)register).Name(), RegisterText.Of(this, State.Current.Registers[register])));
        }

        Problem ??= new Problem(rule, Slot, message, notes.ToImmutable(), Path, note);
        return false;
    }

    /// <summary>Puts a copy of the state off; it goes on at <paramref name="slot"/>.</summary>
    /// <returns>The copy, to be changed; null when there are too many, which ends the walk.</returns>
    public VerifierState? PutOff(int slot, int path)
    {
        if (Pending.Count >= input.Limits.MaxPendingBranches)
        {
            Fail(
                PathRules.TooManyBranches,
                $"{Pending.Count} branches are put off, expected at most {input.Limits.MaxPendingBranches} (Limits.MaxPendingBranches)");
            return null;
        }

        VerifierState copy = pool.Copy(State);
        Pending.Push(new PendingState(copy, slot, path, Parent, Steps, pool.Keep(copy)));
        if (Parent is not null)
        {
            Parent.OpenPaths++;
        }

        return copy;
    }

    /// <summary>Visits every register of every frame, and every spilled one.</summary>
    public void VisitAll<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IRegisterVisitor
        => VisitAll(State, ref visitor);

    public static void VisitAll<TVisitor>(VerifierState state, ref TVisitor visitor)
        where TVisitor : struct, IRegisterVisitor
    {
        for (int index = 0; index < state.FrameCount; index++)
        {
            FrameState frame = state.Frame(index);
            RegisterState[] registers = frame.Registers;
            for (int i = 0; i < registers.Length; i++)
            {
                visitor.Visit(ref registers[i]);
            }

            for (int i = 0; i < frame.SlotCount; i++)
            {
                ref StackSlot slot = ref frame[i];
                if (slot.HasSpill)
                {
                    visitor.Visit(ref slot.Spilled);
                }
            }
        }
    }
}

/// <summary>Something to be done to each register.</summary>
internal interface IRegisterVisitor
{
    void Visit(ref RegisterState register);
}
