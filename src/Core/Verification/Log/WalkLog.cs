using System.Globalization;
using Skep.Isa;
using Skep.Programs;
using Skep.Programs.Dump;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Log;

/// <summary>
/// Writes the walk in the style of the kernel's verifier log at level 2 (6.18), so that people can lay the two side by side: each C line after <c>;</c>, each
/// instruction with the values that it read and wrote, <c>from X to Y</c> where a path that was put off is taken up, <c>safe</c> where one was cut off. How the
/// kernel traces back what must be precise has no counterpart here. Not thread-safe.
/// </summary>
internal sealed class WalkLog(VerifierInput input, TextWriter writer)
{
    // As bpf_verifier_log aligns: at least to this column, and in steps beyond it.
    private const int StateColumn = 38;
    private const int ColumnStep = 8;
    private const int LeastGap = 4;

    private readonly InstructionText _text = new(input.Program);
    private readonly List<(ulong Bytes, int Node)> _slotsBefore = [];
    private SourceLine? _lastLine;
    private string _line = "";
    private string _callee = "";
    private int _frameBefore;
    private int _accessedSlot;

    /// <summary>A path that was taken up and is not yet told: the branch, and where it goes.</summary>
    private (int From, int To)? _takenUp;

    /// <summary>Before everything: the functions, and which registers are live before each instruction.</summary>
    public void Begin()
    {
        for (int function = 0; function < input.Functions.Ranges.Length; function++)
        {
            Write($"func#{function} @{input.StartOf(function)}");
        }

        Write($"Live regs before insn:");
        for (int slot = 0; slot < input.Code.Length; slot++)
        {
            if (input.Rows[slot].Shape != InstructionShape.Continuation)
            {
                string live = string.Concat(Enumerable.Range(0, Registers.Count - 1).Select(register => input.Live[slot].Contains((byte)register) ? (char)('0' + register) : '.'));
                string text = TextOf(slot);
                Write($"{slot,7}: {live} {text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]}");
            }
        }
    }

    /// <summary>A function begins to be walked.</summary>
    public void Function(WalkContext context, int function, AsynchronousCallback? callback)
    {
        if (callback is not null)
        {
            Write($"{input.Functions.Names[function]}() func#{function}, called later:");
        }
        else if (function != 0)
        {
            Write($"Validating {input.Functions.Names[function]}() func#{function}...");
        }

        Write($"{input.StartOf(function)}:{FrameText.Of(context, 0)}");
    }

    /// <summary>A function was walked to its end.</summary>
    public void FunctionIsSafe(int function)
    {
        if (function != 0)
        {
            Write($"Func#{function} ('{input.Functions.Names[function]}') is safe for any args that match its prototype");
        }
    }

    /// <summary>Before an instruction.</summary>
    public void Instruction(WalkContext context, int slot)
    {
        if (_takenUp is { } path)
        {
            string state = FrameText.Of(context, context.State.FrameCount - 1);
            Write($"\nfrom {path.From} to {path.To}:{state}\n{slot}:{state}");
            _takenUp = null;
        }

        if (input.Program.Spec.LineAt(new SlotIndex(slot)) is { Line: > 0 } line && (line.Line != _lastLine?.Line || line.File != _lastLine.File))
        {
            _lastLine = line;
            Write($"; {line.Text.Trim()} @ {Path.GetFileName(line.File)}:{line.Line}");
        }

        _line = TextOf(slot);
        Remember(context, slot);
    }

    /// <summary>After it: the values that it read and wrote.</summary>
    /// <param name="next">Negative where the path ends.</param>
    public void After(WalkContext context, int slot, int next)
    {
        int frame = context.State.FrameCount - 1;
        if (frame != _frameBefore && next >= 0)
        {
            WriteCrossing(context, next);
            return;
        }

        Instruction instruction = input.Code[slot];
        string state = next < 0 || input.Rows[slot].IsExit
            ? ""
            : FrameText.Of(context, frame, (instruction.Reads | instruction.Writes).Except(input.Rows[slot].IsCall ? RegisterSet.Arguments : RegisterSet.Empty), IsTouched);
        if (next >= 0 && state.Length == 0 && input.Rows[slot].IsCall)
        {
            state = FrameText.References(context.State);
        }

        if (next >= 0 && instruction.Operation == Operation.CallLocal && input.Callees[slot] is >= 0 and int callee)
        {
            Write($"{_line}\nFunc#{callee} ('{input.Functions.Names[callee]}') is global and assumed valid.\n{next}:{state}");
            return;
        }

        Write($"{_line}{(state.Length == 0 ? "" : new string(' ', Gap(_line.Length)) + ";")}{state}");
    }

    /// <summary>A path that was put off is taken up.</summary>
    /// <param name="from">The branch that put it off.</param>
    public void From(int from, int to) => _takenUp = (from, to);

    /// <summary>The path needs no further walking.</summary>
    public void Pruned(int slot)
    {
        Write(_takenUp is { } path ? (FormattableString)$"\nfrom {path.From} to {path.To}: safe" : (FormattableString)$"{slot}: safe");
        _takenUp = null;
    }

    /// <summary>Why the walk ended before its end.</summary>
    public void Failed(string message) => Write($"{message}");

    /// <summary>The walk is done again, with loops that are not proved to end let pass.</summary>
    public void Again() => Write($"\nonce more, counting fuel at loops that are not proved to end:");

    /// <summary>What it took. The kernel's <c>mark_read</c> has been 0 since it finds liveness otherwise.</summary>
    public void End(VerificationStatistics statistics, IEnumerable<int> stackBytes)
    {
        Write($"verification time {(long)statistics.Duration.TotalMicroseconds} usec");
        Write($"stack depth {string.Join('+', stackBytes)}");
        Write($"processed {statistics.VisitedInstructions} insns (limit {input.Limits.MaxVisitedInstructions}) max_states_per_insn {statistics.MostStatesAtOneInstruction} total_states {statistics.TotalStates} peak_states {statistics.PeakStates} mark_read 0");
    }

    private static int Gap(int length)
    {
        int position = Math.Max(length + 1 + LeastGap, StateColumn + 2);
        return ((position + ColumnStep - 1) / ColumnStep * ColumnStep) - length - 2;
    }

    private void WriteCrossing(WalkContext context, int next)
    {
        bool isCall = context.State.FrameCount - 1 > _frameBefore;
        int frame = context.State.FrameCount - 1;
        string now = FrameText.Of(context, frame);
        Write($"{_line}");
        if (isCall)
        {
            Write($"caller:\n{FrameText.Of(context, _frameBefore)}\ncallee:\n{now}\n{next}:{now}");
        }
        else
        {
            Write($"returning from callee:\n{_callee}\nto caller at {next}:\n{now}\n\nfrom {context.Slot} to {next}:{now}");
        }
    }

    /// <summary>Stack that the instruction changed, or that it names.</summary>
    private bool IsTouched(FrameState frame, int index)
        => index == _accessedSlot || index >= _slotsBefore.Count || _slotsBefore[index] != (frame[index].Bytes, frame[index].Node);

    private void Remember(WalkContext context, int slot)
    {
        FrameState frame = context.Frame;
        _frameBefore = context.State.FrameCount - 1;
        _slotsBefore.Clear();
        for (int index = 0; index < frame.SlotCount; index++)
        {
            _slotsBefore.Add((frame[index].Bytes, frame[index].Node));
        }

        _accessedSlot = -1;
        OpcodeRow row = input.Rows[slot];
        if (row.IsExit && _frameBefore > 0)
        {
            _callee = FrameText.Of(context, _frameBefore);
        }

        if (row.IsLoad || row.IsStore)
        {
            Instruction instruction = input.Code[slot];
            ref RegisterState pointer = ref frame.Registers[row.IsStore ? instruction.Destination : instruction.Source];
            bool isHere = pointer.Kind == ValueKind.Stack && pointer.HasFixedOffset && pointer.Frame == _frameBefore;
            _accessedSlot = isHere ? IteratorSlot.IndexOf(pointer.FixedOffset + instruction.Offset) : -1;
        }
    }

    private string TextOf(int slot) => _text.Line(slot, isPlain: true).TrimStart();

    private void Write(FormattableString line)
    {
        writer.Write(line.ToString(CultureInfo.InvariantCulture));
        writer.Write('\n');
    }
}
