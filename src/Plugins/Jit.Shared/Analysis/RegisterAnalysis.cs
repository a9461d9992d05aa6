using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Analysis;

/// <summary>
/// What is known of each register around each instruction: whether its value can still be looked at, the upper half apart, and whether its upper half is zero.
/// Errs towards "live" and "not known". Linear in the program's length: where loops take too many rounds to settle, their heads get the cautious answer.
/// </summary>
public sealed class RegisterAnalysis
{
    private const int MostRounds = 8;
    private readonly LoweredProgram _program;
    private readonly FlowMarks _flow;
    private readonly uint[] _liveBefore;
    private readonly ushort[] _zeroUpper;

    private RegisterAnalysis(LoweredProgram program, FlowMarks flow)
    {
        _program = program;
        _flow = flow;
        _liveBefore = new uint[program.Instructions.Length + 1];
        _zeroUpper = new ushort[program.Instructions.Length + 1];
    }

    public static RegisterAnalysis Of(LoweredProgram program, FlowMarks flow)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(flow);
        var analysis = new RegisterAnalysis(program, flow);
        analysis.FindLive();
        analysis.FindZeroUpper();
        return analysis;
    }

    /// <summary>Some path from the instruction on looks at the register before it is written.</summary>
    public bool IsLiveBefore(int slot, int register) => (_liveBefore[slot] & InstructionEffects.Both(register)) != 0;

    /// <summary>As <see cref="IsLiveBefore"/>, behind the instruction, whichever way it goes.</summary>
    /// <param name="slot">Of the instruction; for a 64-bit immediate the first.</param>
    public bool IsLiveAfter(int slot, int register) => (LiveAfter(slot) & InstructionEffects.Both(register)) != 0;

    /// <summary>
    /// Some path behind the instruction looks at bits 32 to 63 of the register. Where none does, an operation of 32 bits that changes nothing else may be left out:
    /// <see cref="IsUpperZeroBefore"/> does not count on it.
    /// </summary>
    public bool IsUpperLiveAfter(int slot, int register) => (LiveAfter(slot) & InstructionEffects.Upper(register)) != 0;

    /// <summary>Bits 32 to 63 of the register are zero whenever the instruction is reached.</summary>
    public bool IsUpperZeroBefore(int slot, int register) => (_zeroUpper[slot] & InstructionEffects.Low(register)) != 0;

    private uint LiveAfter(int slot) => AfterOf(_program.Instructions[slot], slot);

    private uint AfterOf(Instruction instruction, int slot)
    {
        OpcodeRow row = instruction.Row;
        uint live = row.EndsFlow ? 0 : _liveBefore[slot + row.Slots];
        return row.IsBranch ? live | _liveBefore[slot + 1 + instruction.Offset] : live;
    }

    private void FindLive()
    {
        for (int round = 0; SweepBack(); round++)
        {
            if (round == MostRounds)
            {
                AssumeLiveAtHeads();
                SweepBack();
                return;
            }
        }
    }

    /// <returns>The head of a loop has changed: branches back to it must look again.</returns>
    private bool SweepBack()
    {
        ReadOnlySpan<Instruction> instructions = _program.Instructions.AsSpan();
        bool changed = false;
        for (int slot = instructions.Length - 1; slot >= 0; slot--)
        {
            Instruction instruction = instructions[slot];
            uint before = instruction.Operation == Operation.Continuation
                ? _liveBefore[slot + 1]
                : InstructionEffects.LiveBefore(_program, instruction, AfterOf(instruction, slot));
            changed |= _flow.IsLoopHead(slot) && (before & ~_liveBefore[slot]) != 0;
            _liveBefore[slot] |= before;
        }

        return changed;
    }

    private void AssumeLiveAtHeads()
    {
        foreach (int head in LoopHeads())
        {
            _liveBefore[head] = InstructionEffects.AllMask;
        }
    }

    private void FindZeroUpper()
    {
        Array.Fill(_zeroUpper, (ushort)InstructionEffects.LowMask);
        foreach (SlotIndex start in _program.FunctionStarts)
        {
            _zeroUpper[start.Value] = 0;
        }

        for (int round = 0; SweepForward(); round++)
        {
            if (round == MostRounds)
            {
                foreach (int head in LoopHeads())
                {
                    _zeroUpper[head] = 0;
                }

                SweepForward();
                return;
            }
        }
    }

    /// <returns>The target of a backward branch has changed behind the sweep.</returns>
    private bool SweepForward()
    {
        ReadOnlySpan<Instruction> instructions = _program.Instructions.AsSpan();
        bool changed = false;
        for (int slot = 0; slot < instructions.Length; slot++)
        {
            Instruction instruction = instructions[slot];
            OpcodeRow row = instruction.Row;
            if (instruction.Operation == Operation.Continuation)
            {
                continue;
            }

            uint after = InstructionEffects.ZeroUpperAfter(instruction, _zeroUpper[slot]);
            if (row.Alu != AluOperator.None && (AfterOf(instruction, slot) & InstructionEffects.Upper(instruction.Destination)) == 0)
            {
                // Nobody looks, so a back end may leave out the extension: it is only zero for sure if it was before.
                after &= _zeroUpper[slot] | ~InstructionEffects.Low(instruction.Destination);
            }

            if (!row.EndsFlow)
            {
                _zeroUpper[slot + row.Slots] &= (ushort)after;
            }

            if (row.IsBranch)
            {
                int target = slot + 1 + instruction.Offset;
                changed |= target <= slot && (_zeroUpper[target] & ~after) != 0;
                _zeroUpper[target] &= (ushort)after;
            }
        }

        return changed;
    }

    private IEnumerable<int> LoopHeads() => Enumerable.Range(0, _program.Instructions.Length).Where(_flow.IsLoopHead);
}
