using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Emission;

/// <content>Arithmetic.</content>
internal sealed partial class MethodEmitter
{
    private static readonly MethodInfo CountBits32 = ((Func<uint, int>)BitOperations.PopCount).Method;
    private static readonly MethodInfo CountBits64 = ((Func<ulong, int>)BitOperations.PopCount).Method;

    private void EmitAlu(int index, Step step)
    {
        OpcodeRow row = step.Row;
        bool isNarrow = !row.Is64Bit || _widths.CanNarrow(index);
        int result = _webs.Written(index);
        switch (row.Alu)
        {
            case AluOperator.Move when row.Shape == InstructionShape.AluRegister && _webs.Read(index, 0) == result && (row.Is64Bit || _widths.IsZeroExtended(result)):
                // Two webs that became one.
                break;
            case AluOperator.Move:
                PushRight(index, step, isNarrow);
                Pop(result, isNarrow);
                break;
            case AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic:
                EmitShift(index, step, isNarrow);
                break;
            case AluOperator.Divide or AluOperator.Modulo or AluOperator.SignedDivide or AluOperator.SignedModulo
                when _analysis.SharesLocals && !row.Is64Bit && row.Shape == InstructionShape.AluRegister:
                Push64(_webs.Read(index, 0));
                PushRight(index, step, isNarrow: false);
                _il.Emit(OpCodes.Call, CalledDivision.Of(row.Alu));
                Pop64(result);
                break;
            case AluOperator.Divide or AluOperator.Modulo:
                EmitUnsignedDivision(index, step, isNarrow);
                break;
            case AluOperator.SignedDivide or AluOperator.SignedModulo:
                Push64(_webs.Read(index, 0));
                PushRight(index, step, isNarrow: false);
                _il.Emit(OpCodes.Call, Meaning(row.Is64Bit ? typeof(Alu64) : typeof(Alu32), row.Alu == AluOperator.SignedDivide ? nameof(Alu64.SignedDivide) : nameof(Alu64.SignedModulo)));
                Pop64(result);
                break;
            default:
                Push(_webs.Read(index, 0), isNarrow);
                PushRight(index, step, isNarrow);
                _il.Emit(CodeOf(row.Alu));
                Pop(result, isNarrow);
                break;
        }
    }

    private static OpCode CodeOf(AluOperator alu) => alu switch
    {
        AluOperator.Add => OpCodes.Add,
        AluOperator.Subtract => OpCodes.Sub,
        AluOperator.Multiply => OpCodes.Mul,
        AluOperator.Or => OpCodes.Or,
        AluOperator.And => OpCodes.And,
        AluOperator.ExclusiveOr => OpCodes.Xor,
        AluOperator.ShiftLeft => OpCodes.Shl,
        AluOperator.ShiftRight => OpCodes.Shr_Un,
        AluOperator.ShiftRightArithmetic => OpCodes.Shr,
        AluOperator.Divide => OpCodes.Div_Un,
        AluOperator.Modulo => OpCodes.Rem_Un,
        _ => throw new ArgumentOutOfRangeException(nameof(alu), alu, "not an operator of two operands"),
    };

    /// <summary>The right operand: the immediate, or the last register that is read.</summary>
    private void PushRight(int index, Step step, bool isNarrow)
    {
        if (step.Row.Shape is InstructionShape.AluImmediate or InstructionShape.JumpImmediate)
        {
            PushConstant(step.Immediate, isNarrow);
        }
        else
        {
            Push(_webs.Read(index, _webs.Reads(index) - 1), isNarrow);
        }
    }

    private void EmitShift(int index, Step step, bool isNarrow)
    {
        OpcodeRow row = step.Row;
        int mask = row.Is64Bit ? 63 : 31;
        if (_analysis.PopulationCounts?.Counted(index) is >= 0 and int counted)
        {
            Push(counted, !row.Is64Bit);
            _il.Emit(OpCodes.Call, row.Is64Bit ? CountBits64 : CountBits32);
            Pop32(_webs.Written(index));
            return;
        }

        Push(_webs.Read(index, 0), isNarrow);
        if (row.Shape == InstructionShape.AluImmediate)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)step.Immediate & mask);
        }
        else
        {
            Push32(_webs.Read(index, 1));
            _il.Emit(OpCodes.Ldc_I4, mask);
            _il.Emit(OpCodes.And);
        }

        // Shifted in 32 bits, a zero-extended number keeps no sign.
        bool isLogical = row.Alu == AluOperator.ShiftRightArithmetic && row.Is64Bit && isNarrow;
        _il.Emit(isLogical ? OpCodes.Shr_Un : CodeOf(row.Alu));
        Pop(_webs.Written(index), isNarrow);
    }

    /// <summary>Division by zero gives 0, and modulo zero the dividend; the .NET JIT drops the test where it knows the divisor.</summary>
    private void EmitUnsignedDivision(int index, Step step, bool isNarrow)
    {
        OpcodeRow row = step.Row;
        int result = _webs.Written(index);
        int left = _webs.Read(index, 0);
        bool isImmediate = row.Shape == InstructionShape.AluImmediate;
        bool isZero = isImmediate && (isNarrow ? (int)step.Immediate == 0 : step.Immediate == 0);
        if (isImmediate && !isZero)
        {
            Push(left, isNarrow);
            PushRight(index, step, isNarrow);
            _il.Emit(CodeOf(row.Alu));
            Pop(result, isNarrow);
            return;
        }

        Label zero = _il.DefineLabel();
        Label end = _il.DefineLabel();
        if (!isZero)
        {
            PushRight(index, step, isNarrow);
            _il.Emit(OpCodes.Brfalse, zero);
            Push(left, isNarrow);
            PushRight(index, step, isNarrow);
            _il.Emit(CodeOf(row.Alu));
            Pop(result, isNarrow);
            _il.Emit(OpCodes.Br, end);
        }

        _il.MarkLabel(zero);
        if (row.Alu == AluOperator.Modulo)
        {
            Push(left, isNarrow);
        }
        else
        {
            PushConstant(0, isNarrow);
        }

        Pop(result, isNarrow);
        _il.MarkLabel(end);
    }

    private void EmitUnary(int index, Step step)
    {
        OpcodeRow row = step.Row;
        int operand = _webs.Read(index, 0);
        bool isNarrow = row.OperandBits <= 32;
        Push(operand, isNarrow);
        switch (row.Alu)
        {
            case AluOperator.Negate:
                _il.Emit(OpCodes.Neg);
                break;
            case AluOperator.LittleEndian when row.OperandBits == 16:
                _il.Emit(OpCodes.Conv_U2);
                break;
            case AluOperator.LittleEndian:
                break;
            default:
                if (row.OperandBits == 16)
                {
                    _il.Emit(OpCodes.Conv_U2);
                }

                _il.Emit(OpCodes.Call, Swaps.Of(row.OperandBits));
                break;
        }

        Pop(_webs.Written(index), isNarrow);
    }

    private void EmitMoveSigned(int index, Step step)
    {
        OpcodeRow row = step.Row;
        Push32(_webs.Read(index, 0));
        switch (row.OperandBits)
        {
            case 8:
                _il.Emit(OpCodes.Conv_I1);
                break;
            case 16:
                _il.Emit(OpCodes.Conv_I2);
                break;
        }

        if (row.Is64Bit)
        {
            _il.Emit(OpCodes.Conv_I8);
        }

        Pop(_webs.Written(index), !row.Is64Bit);
    }

    private void EmitLoadWide(int index, Step step)
    {
        if (step.Operation == Operation.LoadFunction)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)Execution.Calls.FunctionAddress.Of((int)step.Immediate));
            Pop64(_webs.Written(index));
            return;
        }

        bool isNarrow = step.Immediate is >= 0 and <= uint.MaxValue;
        PushConstant(isNarrow ? (int)step.Immediate : step.Immediate, isNarrow);
        Pop(_webs.Written(index), isNarrow);
    }

    private static MethodInfo Meaning([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type, string name) => type.GetMethod(name) ?? throw new MissingMethodException(type.FullName, name);
}
