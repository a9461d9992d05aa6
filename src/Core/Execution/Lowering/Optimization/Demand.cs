using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// Which halves of registers an instruction needs for those that are needed after it. Nothing else of the registers before it has any influence on what is
/// needed after it, on memory, or on where control goes.
/// </summary>
internal static class Demand
{
    /// <summary>The instruction does nothing but write its destination.</summary>
    public static bool IsPure(OpcodeRow row) => row.Shape is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary
        or InstructionShape.MoveSigned or InstructionShape.LoadWide or InstructionShape.Load;

    /// <param name="after">Needed after the instruction.</param>
    /// <param name="arguments">How many of R1 to R5 a call of a helper reads; for a local call all that its function needs is added by the caller.</param>
    public static RegisterHalves Before(Instruction instruction, RegisterHalves after, int arguments = 0)
    {
        OpcodeRow row = instruction.Row;
        RegisterHalves written = RegisterHalves.Of(instruction.Writes);
        RegisterHalves rest = after.Except(written);
        byte d = instruction.Destination;
        byte s = instruction.Source;
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                return after.HasAny(d) ? rest | OfArithmetic(instruction, row, after.HasLow(d), after.HasUpper(d)) : rest;
            case InstructionShape.Load or InstructionShape.LoadAcquire:
                return rest | RegisterHalves.Of(s);
            case InstructionShape.StoreImmediate:
                return rest | RegisterHalves.Of(d);
            case InstructionShape.StoreRegister or InstructionShape.StoreRelease or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch:
                return rest | RegisterHalves.Of(d) | Operand(s, row.OperandBits);
            case InstructionShape.AtomicCompareExchange:
                return rest | RegisterHalves.Of(d) | Operand(s, row.OperandBits) | Operand(0, row.OperandBits);
            case InstructionShape.JumpImmediate:
                return rest | Operand(d, row.OperandBits);
            case InstructionShape.JumpRegister:
                return rest | Operand(d, row.OperandBits) | Operand(s, row.OperandBits);
            case InstructionShape.Call:
                return rest | (RegisterHalves.Of(RegisterSet.Arguments) & RegisterHalves.Of(new RegisterSet((ushort)((2 << arguments) - 1))));
            default:
                return rest | RegisterHalves.Of(instruction.Reads);
        }
    }

    private static RegisterHalves Operand(byte register, int bits) => bits == 64 ? RegisterHalves.Of(register) : RegisterHalves.LowOf(register);

    private static RegisterHalves OfArithmetic(Instruction instruction, OpcodeRow row, bool low, bool upper)
    {
        byte d = instruction.Destination;
        byte s = instruction.Source;
        RegisterHalves destination = row.ReadsDestination ? RegisterHalves.Of(d) : RegisterHalves.None;
        RegisterHalves source = row.UsesSourceRegister ? RegisterHalves.Of(s) : RegisterHalves.None;
        RegisterHalves all = destination | source;
        RegisterHalves lows = all & RegisterHalves.Of(RegisterSet.All) & new RegisterHalves(ushort.MaxValue);
        if (row.Alu is AluOperator.LittleEndian or AluOperator.BigEndian or AluOperator.SwapBytes)
        {
            return row.OperandBits == 64 ? all : lows;
        }

        if (!row.Is64Bit || row.OperandBits < 64)
        {
            return lows;
        }

        return row.Alu switch
        {
            AluOperator.Move or AluOperator.And or AluOperator.Or or AluOperator.ExclusiveOr => (low ? lows : RegisterHalves.None) | (upper ? all.Except(lows) : RegisterHalves.None),
            AluOperator.Add or AluOperator.Subtract or AluOperator.Multiply or AluOperator.Negate => upper ? all : lows,
            AluOperator.ShiftLeft when row.Shape == InstructionShape.AluImmediate => upper && (instruction.Immediate & 63) < 32 ? all : lows,
            AluOperator.ShiftRight when row.Shape == InstructionShape.AluImmediate && (instruction.Immediate & 63) >= 32 => all.Except(lows),
            AluOperator.ShiftRight when row.Shape == InstructionShape.AluImmediate => low ? all : all.Except(lows),
            _ => all,
        };
    }
}
