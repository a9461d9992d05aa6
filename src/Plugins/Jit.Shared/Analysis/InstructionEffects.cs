using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Analysis;

/// <summary>
/// Registers in two halves, as the analyses need them: bit n for the low half of register n, bit n + <see cref="UpperShift"/> for its upper half.
/// </summary>
internal static class InstructionEffects
{
    internal const int UpperShift = 16;
    internal const uint LowMask = 0x7ff;
    internal const uint UpperMask = LowMask << UpperShift;
    internal const uint AllMask = LowMask | UpperMask;

    internal static uint Both(RegisterSet set) => set.Bits | (uint)set.Bits << UpperShift;

    internal static uint Both(int register) => 0x1_0001u << register;

    internal static uint Low(int register) => 1u << register;

    internal static uint Upper(int register) => 1u << (register + UpperShift);

    /// <summary>What is live before an instruction, from what is live after it on the way that falls through or at the target.</summary>
    internal static uint LiveBefore(LoweredProgram program, Instruction instruction, uint after)
    {
        OpcodeRow row = instruction.Row;
        uint live = after & ~Both(instruction.Writes);
        switch (row.Shape)
        {
            case InstructionShape.Continuation or InstructionShape.LoadWide or InstructionShape.Jump or InstructionShape.MayGoto or InstructionShape.Invalid:
                return live;
            case InstructionShape.Call:
                return live | CallReads(program, instruction);
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                return live | AluReads(row, instruction, after);
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                return live | Sized(row.Is64Bit, instruction.Reads);
            case InstructionShape.StoreRegister or InstructionShape.StoreRelease or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch:
                return live | Both(instruction.Destination) | Sized(row.OperandBits == 64, RegisterSet.Empty.With(instruction.Source));
            case InstructionShape.AtomicCompareExchange:
                return live | Both(instruction.Destination) | Sized(row.OperandBits == 64, RegisterSet.Empty.With(instruction.Source).With(Register.R0));
            case InstructionShape.LoadPacket:
                // The context in R6 is not looked at: the packet is found through the invocation.
                return row.UsesSourceRegister ? live | Low(instruction.Source) : live;
            default:
                return live | Both(instruction.Reads);
        }
    }

    private static uint Sized(bool is64Bit, RegisterSet set) => is64Bit ? Both(set) : set.Bits;

    private static uint CallReads(LoweredProgram program, Instruction instruction)
    {
        int arguments = instruction.Operation == Operation.CallHelper && (uint)instruction.Immediate < (uint)program.Helpers.Length
            ? program.Helpers[(int)instruction.Immediate].Descriptor.ArgumentRegisters
            : 5;
        uint low = (1u << (arguments + 1)) - 2;
        return low | low << UpperShift | (instruction.Operation == Operation.CallRegister ? Both(instruction.Destination) : 0);
    }

    private static uint AluReads(OpcodeRow row, Instruction instruction, uint after)
    {
        uint reads = instruction.Reads.Bits;
        bool needsUpper = row.Alu switch
        {
            AluOperator.MoveSigned => false,
            AluOperator.LittleEndian or AluOperator.BigEndian or AluOperator.SwapBytes => row.OperandBits == 64,
            _ when !row.Is64Bit => false,

            // Upper halves of these operands come to nothing but the upper half of the result.
            AluOperator.Add or AluOperator.Subtract or AluOperator.Multiply or AluOperator.And or AluOperator.Or or AluOperator.ExclusiveOr
                or AluOperator.Move or AluOperator.Negate => (after & Upper(instruction.Destination)) != 0,
            AluOperator.ShiftLeft when !row.UsesSourceRegister => (after & Upper(instruction.Destination)) != 0 && (instruction.Immediate & 63) < 32,
            _ => true,
        };
        return needsUpper ? reads | reads << UpperShift : reads;
    }

    /// <summary>Registers whose upper half is known to be zero after an instruction, in the low 11 bits, from those before.</summary>
    internal static uint ZeroUpperAfter(Instruction instruction, uint before)
    {
        OpcodeRow row = instruction.Row;
        uint kept = before & ~(uint)instruction.Writes.Bits;
        uint destination = Low(instruction.Destination);
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                return IsUpperZero(row, instruction, before) ? kept | destination : kept;
            case InstructionShape.LoadWide:
                return instruction.Operation == Operation.LoadImmediate64 && (ulong)instruction.Immediate <= uint.MaxValue ? kept | destination : kept;
            case InstructionShape.Load or InstructionShape.LoadAcquire:
                return row is { OperandBits: < 64, SignExtends: false } ? kept | destination : kept;
            case InstructionShape.AtomicFetch:
                return row.OperandBits == 32 ? kept | Low(instruction.Source) : kept;
            case InstructionShape.AtomicCompareExchange:
                return row.OperandBits == 32 ? kept | 1 : kept;
            case InstructionShape.LoadPacket:
                return kept | 1;
            default:
                return kept;
        }
    }

    private static bool IsUpperZero(OpcodeRow row, Instruction instruction, uint before)
    {
        if (row.Alu is AluOperator.LittleEndian or AluOperator.BigEndian or AluOperator.SwapBytes)
        {
            return row.OperandBits < 64;
        }

        if (!row.Is64Bit)
        {
            return true;
        }

        bool left = (before & Low(instruction.Destination)) != 0;
        bool right = row.UsesSourceRegister ? (before & Low(instruction.Source)) != 0 : (ulong)instruction.Immediate <= uint.MaxValue;
        return row.Alu switch
        {
            AluOperator.And => left || right,
            AluOperator.Or or AluOperator.ExclusiveOr => left && right,
            AluOperator.Move => right,
            AluOperator.Divide or AluOperator.Modulo => left,
            AluOperator.ShiftRight => left || (!row.UsesSourceRegister && (instruction.Immediate & 63) >= 32),
            AluOperator.ShiftRightArithmetic => left,
            _ => false,
        };
    }
}
