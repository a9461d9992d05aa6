using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Loads, stores and atomics (RFC 9669, sections 5.1 to 5.3). Loads acquire and stores release as they are on this architecture.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitLoad(Instruction instruction, OpcodeRow row)
        => LoadInto(RegisterMap.Of(instruction.Destination), row, Memory(instruction.Source, instruction.Offset));

    private void LoadInto(MachineRegister destination, OpcodeRow row, in MemoryOperand memory)
    {
        switch (row.OperandBits, row.SignExtends)
        {
            case (8, false): _writer.Emit(Rows.LoadZero8, Width.Double, destination, memory); break;
            case (16, false): _writer.Emit(Rows.LoadZero16, Width.Double, destination, memory); break;
            case (32, false): _writer.Emit(Rows.Load, Width.Double, destination, memory); break;
            case (8, true): _writer.Emit(Rows.LoadSigned8, Width.Quad, destination, memory); break;
            case (16, true): _writer.Emit(Rows.LoadSigned16, Width.Quad, destination, memory); break;
            case (32, true): _writer.Emit(Rows.LoadSigned32, Width.Quad, destination, memory); break;
            default: _writer.Emit(Rows.Load, Width.Quad, destination, memory); break;
        }
    }

    private void EmitStoreImmediate(Instruction instruction, OpcodeRow row)
    {
        MemoryOperand memory = Memory(instruction.Destination, instruction.Offset);
        if (_program.BlindsConstants)
        {
            Constant(RegisterMap.Operand, instruction.Immediate);
            _writer.Emit(Rows.Store, WidthOf(row), RegisterMap.Operand, memory);
            return;
        }

        _writer.Encoder.Emit(Rows.MoveImmediate, WidthOf(row), default, memory, (int)instruction.Immediate);
    }

    private void EmitStoreRegister(Instruction instruction, OpcodeRow row)
        => _writer.Emit(Rows.Store, WidthOf(row), Use(instruction.Source), Memory(instruction.Destination, instruction.Offset));

    private void EmitAtomicUpdate(Instruction instruction, OpcodeRow row)
    {
        MachineRegister value = Use(instruction.Source);
        _writer.Encoder.Lock();
        _writer.Emit(RowsOf(row.Atomic).IntoOperand, WidthOf(row), value, Memory(instruction.Destination, instruction.Offset));
    }

    private void EmitAtomicFetch(int slot, Instruction instruction, OpcodeRow row)
    {
        MemoryOperand memory = Memory(instruction.Destination, instruction.Offset);
        MachineRegister value = RegisterMap.Of(instruction.Source);
        switch (row.Atomic)
        {
            case AtomicOperator.Add:
                _writer.Encoder.Lock();
                _writer.Emit(Rows.ExchangeAdd, WidthOf(row), value, memory);
                break;
            case AtomicOperator.Exchange:
                _writer.Emit(Rows.Exchange, WidthOf(row), value, memory);
                break;
            default:
                FetchByExchange(slot, instruction, row, memory);
                break;
        }
    }

    /// <summary>There is no instruction that combines and gives what was there before: the value is combined and exchanged until nobody came between.</summary>
    private void FetchByExchange(int slot, Instruction instruction, OpcodeRow row, MemoryOperand memory)
    {
        const MachineRegister accumulator = MachineRegister.Rax;
        Width width = WidthOf(row);
        MachineRegister value = RegisterMap.Of(instruction.Source);
        bool valueIsAccumulator = value == accumulator;
        bool keeps = !valueIsAccumulator && _registers.IsLiveAfter(slot, (int)Register.R0);
        if (keeps || valueIsAccumulator || memory.Base == accumulator)
        {
            _writer.Move(RegisterMap.Second, accumulator);
        }

        if (memory.Base == accumulator)
        {
            memory = memory with { Base = RegisterMap.Second };
        }

        MachineRegister operand = valueIsAccumulator ? RegisterMap.Second : value;
        _writer.Emit(Rows.Load, width, accumulator, memory);
        Code.CodeLabel again = NewLabel();
        Bind(again);
        _writer.Move(width, RegisterMap.First, accumulator);
        _writer.Arithmetic(RowsOf(row.Atomic), width, RegisterMap.First, operand);
        _writer.Encoder.Lock();
        _writer.Emit(Rows.CompareExchange, width, RegisterMap.First, memory);
        _writer.JumpIf(Condition.NotEqual, again);
        if (!valueIsAccumulator)
        {
            _writer.Move(width, value, accumulator);
        }

        if (keeps)
        {
            _writer.Move(accumulator, RegisterMap.Second);
        }
    }

    private void EmitCompareExchange(Instruction instruction, OpcodeRow row)
    {
        MachineRegister value = Use(instruction.Source);
        _writer.Encoder.Lock();
        _writer.Emit(Rows.CompareExchange, WidthOf(row), value, Memory(instruction.Destination, instruction.Offset));
        if (row.OperandBits == 32)
        {
            // On success the accumulator is left alone, its upper half too.
            _writer.Move32(MachineRegister.Rax, MachineRegister.Rax);
        }
    }

    private static ArithmeticRows RowsOf(AtomicOperator atomic) => atomic switch
    {
        AtomicOperator.Add => Rows.Add,
        AtomicOperator.Or => Rows.Or,
        AtomicOperator.And => Rows.And,
        _ => Rows.ExclusiveOr,
    };
}
