using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Isa;
using Skep.Programs;
using Skep.TestPrograms.Worlds;
using Skep.Verification.Walk;

namespace Skep.Verification.Tests.Soundness;

/// <summary>Looks at every instruction of a run before it runs, and ends the run where something is not as it was proved to be.</summary>
internal sealed unsafe class RunTrace(World world, StateRecorder recorder, ProgramFacts facts, bool comparesEverything, long mostSteps)
{
    private readonly VerifierInput _input = recorder.Input!;
    private readonly StateCheck _states = new(world, recorder, comparesEverything);
    private readonly FactCheck _facts = new(world, recorder.Input!, facts);
    private readonly Frames _frames = new();
    private int _mayGoto;
    private ulong _garbage;

    [field: ThreadStatic]
    public static RunTrace? Current { get; set; }

    /// <summary>What was wrong first; null when nothing was.</summary>
    public string? Problem { get; private set; }

    public long Steps { get; private set; }

    /// <summary>The run was longer than the caller has time for.</summary>
    public bool IsCutShort { get; private set; }

    /// <param name="garbage">What dead registers and fresh frames get; 0 leaves them.</param>
    public void Begin(ulong garbage)
    {
        Current = this;
        Problem = null;
        Steps = 0;
        IsCutShort = false;
        _garbage = garbage;
        _mayGoto = world.Random.Below(6);
        _frames.Begin(_input);
        _facts.Begin();
    }

    public bool Before(RunState* state, ulong* r, int slot)
    {
        if (++Steps > mostSteps)
        {
            IsCutShort = true;
            return End(state);
        }

        if (_frames.Arrive(state, slot))
        {
            OpenFrame(state);
        }

        if (_garbage != 0)
        {
            Spoil(r, slot);
        }

        string? problem = r[(int)Register.R10] == state->FramePointer ? null : "r10 is not the frame's";
        problem ??= _facts.Find(state, _frames, r, slot) ?? _states.Find(_frames, r, slot);
        if (problem is not null)
        {
            Problem = $"slot {slot}, step {Steps}: {problem}";
            return End(state);
        }

        _frames.Leave(slot, _input.Code[slot]);
        return true;
    }

    private static bool End(RunState* state)
    {
        state->Invocation->TrapKind = TrapKind.InvalidInstruction;
        return false;
    }

    /// <summary>The runtime bounds may_goto as it likes; and nobody may learn what is in a frame that needs no clearing, one time zeros and one time garbage.</summary>
    private void OpenFrame(RunState* state)
    {
        state->MayGoto = _mayGoto;
        if (!facts.Functions[_frames.Function(_frames.Depth)].ReadsUnwrittenStack)
        {
            new Span<ulong>((byte*)state->FramePointer - state->FrameBytes, state->FrameBytes / sizeof(ulong)).Fill(_garbage);
        }
    }

    private void Spoil(ulong* r, int slot)
    {
        RegisterSet live = facts.LiveRegisters[slot];
        for (byte register = 0; register < (int)Register.R10; register++)
        {
            if (!live.Contains(register))
            {
                r[register] = _garbage ^ register;
            }
        }
    }
}

/// <summary>Hands what an interpreter does to the thread's <see cref="RunTrace"/>.</summary>
internal readonly unsafe struct ToRunTrace : ITrace
{
    public static bool Before(RunState* state, ulong* r, int slot) => RunTrace.Current!.Before(state, r, slot);
}
