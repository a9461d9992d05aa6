using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <summary>Instructions by what they do, each in its shortest form. Flags are free between any two calls unless a method says otherwise.</summary>
internal readonly struct MachineWriter(CodeBuffer code)
{
    private readonly Encoder _encoder = new(code);

    internal Encoder Encoder => _encoder;

    internal CodeBuffer Code => code;

    internal void Emit(EncodingRow row, Width width, MachineRegister register, MachineRegister operand) => _encoder.Emit(row, width, register, operand);

    internal void Emit(EncodingRow row, Width width, MachineRegister register, in MemoryOperand operand) => _encoder.Emit(row, width, register, operand);

    /// <summary>All 64 bits.</summary>
    internal void Move(MachineRegister destination, MachineRegister source)
    {
        if (destination != source)
        {
            _encoder.Emit(Rows.Load, Width.Quad, destination, source);
        }
    }

    /// <summary>The low 32 bits; the upper half becomes 0.</summary>
    internal void Move32(MachineRegister destination, MachineRegister source) => _encoder.Emit(Rows.Load, Width.Double, destination, source);

    /// <param name="skipSame">Of 32 bits, the upper half does not matter.</param>
    internal void Move(Width width, MachineRegister destination, MachineRegister source, bool skipSame = false)
    {
        if (width == Width.Quad || (skipSame && destination == source))
        {
            Move(destination, source);
        }
        else
        {
            Move32(destination, source);
        }
    }

    /// <summary>Changes flags.</summary>
    internal void Clear(MachineRegister register) => _encoder.Emit(Rows.ExclusiveOr.FromOperand, Width.Double, register, register);

    /// <summary>Changes flags.</summary>
    internal void Constant(MachineRegister register, ulong value)
    {
        if (value == 0)
        {
            Clear(register);
        }
        else
        {
            ConstantKeepingFlags(register, value);
        }
    }

    internal void ConstantKeepingFlags(MachineRegister register, ulong value)
    {
        if (value <= uint.MaxValue)
        {
            _encoder.MoveImmediate32(register, (uint)value);
        }
        else if ((long)value == (int)value)
        {
            _encoder.Emit(Rows.MoveImmediate, Width.Quad, MachineRegister.Rax, register, (int)value);
        }
        else
        {
            _encoder.MoveImmediate64(register, value);
        }
    }

    internal void Arithmetic(ArithmeticRows rows, Width width, MachineRegister destination, MachineRegister source)
        => _encoder.Emit(rows.FromOperand, width, destination, source);

    internal void Arithmetic(ArithmeticRows rows, Width width, MachineRegister destination, int immediate)
        => _encoder.Emit(ImmediateRow(rows, width, immediate), width, MachineRegister.Rax, destination, immediate);

    internal void Arithmetic(ArithmeticRows rows, Width width, in MemoryOperand destination, int immediate)
        => _encoder.Emit(ImmediateRow(rows, width, immediate), width, MachineRegister.Rax, destination, immediate);

    /// <summary>Shifts or rotates by a constant.</summary>
    internal void Shift(ShiftRows rows, Width width, MachineRegister destination, int count)
        => _encoder.Emit(rows.Immediate, width, MachineRegister.Rax, destination, count);

    internal void Unary(EncodingRow row, Width width, MachineRegister operand) => _encoder.Emit(row, width, MachineRegister.Rax, operand);

    internal void Address(Width width, MachineRegister destination, in MemoryOperand operand)
    {
        if (operand is { Displacement: 0, Index: MachineRegister.None })
        {
            Move(width, destination, operand.Base);
        }
        else
        {
            _encoder.Emit(Rows.LoadAddress, width, destination, operand);
        }
    }

    internal void Multiply(Width width, MachineRegister destination, MachineRegister source, int immediate)
        => _encoder.Emit(immediate == (sbyte)immediate ? Rows.MultiplyImmediate8 : Rows.MultiplyImmediate, width, destination, source, immediate);

    /// <summary>Sets the flags as a comparison with 0.</summary>
    internal void TestSelf(Width width, MachineRegister register) => _encoder.Emit(Rows.Test, width, register, register);

    internal void Compare(Width width, MachineRegister left, int right)
    {
        if (right == 0)
        {
            TestSelf(width, left);
        }
        else
        {
            Arithmetic(Rows.Compare, width, left, right);
        }
    }

    internal void Test(Width width, MachineRegister register, int immediate)
    {
        // Bits that a narrower form has too: it is shorter. The sign flag differs, which nobody looks at.
        bool isByte = register is MachineRegister.Rax or MachineRegister.Rcx or MachineRegister.Rdx or MachineRegister.Rbx;
        Width narrow = isByte && (uint)immediate <= 0x7f ? Width.Byte : immediate >= 0 ? Width.Double : width;
        _encoder.Emit(Rows.TestImmediate, narrow, MachineRegister.Rax, register, immediate);
    }

    internal void Jump(CodeLabel target) => code.Branch(BranchForms.Jump, target);

    internal void JumpIf(Condition condition, CodeLabel target) => code.Branch(BranchForms.JumpIf(condition), target);

    internal void Call(CodeLabel target) => code.Branch(BranchForms.Call, target);

    private static EncodingRow ImmediateRow(ArithmeticRows rows, Width width, int immediate)
        => immediate == (sbyte)immediate && width != Width.Byte ? rows.Immediate8 : rows.Immediate;
}
