using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.Contracts;

/// <summary>What can be told of <see cref="InlinedCode"/> without knowing what it is for.</summary>
internal static class InlinedCodeRules
{
    private static readonly RegisterSet Usable = RegisterSet.CallerSaved;

    /// <returns>What is wrong; null for nothing.</returns>
    public static string? FindProblem(ImmutableArray<Instruction> code)
    {
        if (code.IsDefaultOrEmpty)
        {
            return "there are no instructions";
        }

        for (int slot = 0; slot < code.Length; slot += Math.Max(1, code[slot].Row.Slots))
        {
            Instruction instruction = code[slot];
            OpcodeRow row = instruction.Row;
            if (!IsAllowed(row))
            {
                return $"slot {slot}: {instruction} is none that inlined code may have";
            }

            if (!(instruction.Reads | instruction.Writes).Except(Usable).IsEmpty)
            {
                return $"slot {slot}: {instruction} uses registers beyond R0 to R5";
            }

            if (row.Slots == 2 && (slot + 1 == code.Length || code[slot + 1].Operation != Operation.Continuation))
            {
                return $"slot {slot}: {instruction} is cut in half";
            }

            if (row.IsBranch && (instruction.TargetFrom(slot) is < 0 or > int.MaxValue || instruction.TargetFrom(slot) > code.Length
                || (instruction.TargetFrom(slot) < code.Length && code[(int)instruction.TargetFrom(slot)].Operation == Operation.Continuation)))
            {
                return $"slot {slot}: {instruction} leads out of the code";
            }
        }

        return null;
    }

    private static bool IsAllowed(OpcodeRow row) => row.Shape switch
    {
        InstructionShape.LoadWide => row.Operation == Operation.LoadImmediate64,
        InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned or InstructionShape.Load
            or InstructionShape.LoadAcquire or InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease
            or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange
            or InstructionShape.Jump or InstructionShape.JumpImmediate or InstructionShape.JumpRegister => true,
        _ => false,
    };
}
