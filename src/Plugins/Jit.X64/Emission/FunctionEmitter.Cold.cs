using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <summary>What rarely runs and lies behind a function's code, out of the way of what often does.</summary>
internal enum ColdKind : byte
{
    /// <summary>A trap: the fuel, which went below 0, is 0 again.</summary>
    OutOfFuel,

    /// <summary>The budget, which went below 0, is 0 again; goes to the target.</summary>
    OutOfBudget,

    /// <summary>Returns 0.</summary>
    OutsidePacket,

    /// <summary>The divisor is 0, or for signed division perhaps -1.</summary>
    Division,

    /// <summary>Calls the helper after all.</summary>
    Helper,
}

/// <param name="Kind">What the other members mean, if anything.</param>
internal readonly record struct ColdPath(ColdKind Kind)
{
    internal CodeLabel Label { get; init; }

    internal CodeLabel Resume { get; init; }

    internal int Slot { get; init; }

    internal MachineRegister Destination { get; init; }

    internal MachineRegister Divisor { get; init; }
}

/// <content>Cold paths.</content>
internal sealed partial class FunctionEmitter
{
    private CodeLabel Cold(ColdPath path)
    {
        CodeLabel label = NewLabel();
        _cold.Add(path with { Label = label });
        return label;
    }

    private void EmitCold()
    {
        foreach (ColdPath path in _cold)
        {
            Bind(path.Label);
            switch (path.Kind)
            {
                case ColdKind.OutOfFuel:
                    _program.Code.MarkSlot(path.Slot);
                    EmitOutOfFuel(path.Slot);
                    break;
                case ColdKind.OutOfBudget:
                    _program.Code.MarkSlot(path.Slot);
                    _writer.Arithmetic(Rows.Add, Width.Quad, new MemoryOperand(MachineRegister.Rsp, _frame.Budget), 1);
                    _writer.Jump(path.Resume);
                    break;
                case ColdKind.OutsidePacket:
                    _writer.Clear(MachineRegister.Rax);
                    Leave();
                    break;
                case ColdKind.Helper:
                    _program.Code.MarkSlot(path.Slot);
                    CallThroughCell(path.Slot, (int)At(path.Slot).Immediate);
                    _writer.Jump(path.Resume);
                    break;
                default:
                    _program.Code.MarkSlot(path.Slot);
                    EmitColdDivision(path, At(path.Slot).Row);
                    break;
            }
        }
    }

    private void EmitOutOfFuel(int slot)
    {
        _writer.Encoder.Emit(Rows.MoveImmediate, Width.Quad, default, InInvocation(InvocationLayout.Fuel), 0);
        StoreSlot(slot);
        _writer.Encoder.Emit(Rows.MoveImmediate, Width.Byte, default, InInvocation(InvocationLayout.TrapKind), (int)TrapKind.FuelExhausted);
        _writer.Encoder.Emit(Rows.MoveImmediate, Width.Quad, default, InInvocation(InvocationLayout.TrapAddress), 0);
        Leave();
    }

    private void EmitColdDivision(ColdPath path, OpcodeRow row)
    {
        Width width = WidthOf(row.Is64Bit);
        bool isModulo = row.Alu is AluOperator.Modulo or AluOperator.SignedModulo;
        if (row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo)
        {
            CodeLabel isZero = NewLabel();
            _writer.TestSelf(width, path.Divisor);
            _writer.JumpIf(Condition.Equal, isZero);
            if (isModulo)
            {
                _writer.Clear(path.Destination);
            }
            else
            {
                _writer.Unary(Rows.Negate, width, path.Destination);
            }

            _writer.Jump(path.Resume);
            Bind(isZero);
        }

        if (!isModulo)
        {
            _writer.Clear(path.Destination);
        }
        else if (!row.Is64Bit)
        {
            _writer.Move32(path.Destination, path.Destination);
        }

        _writer.Jump(path.Resume);
    }
}
