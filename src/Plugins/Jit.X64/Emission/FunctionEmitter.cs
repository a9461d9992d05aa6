using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <summary>Writes the code of one function. Parts by shape of instruction; what joins several is in the files named Join.</summary>
internal sealed partial class FunctionEmitter
{
    private const int LoopAlignment = 16;
    private const int MostLoopPadding = 10;

    /// <summary>An end of the function is repeated, not jumped to, while it has at most so many instructions.</summary>
    private const int MostRepeatedEnd = 4;

    private readonly ProgramEmission _program;
    private readonly FunctionSummary _function;
    private readonly RegisterAnalysis _registers;
    private readonly MachineWriter _writer;
    private readonly Frame _frame;
    private readonly CodeLabel _leave;
    private readonly List<ColdPath> _cold = [];

    internal FunctionEmitter(ProgramEmission program, FunctionSummary function)
    {
        _program = program;
        _function = function;
        _registers = program.Registers;
        _writer = new MachineWriter(program.Code);
        _frame = Frame.Of(function, program.Convention, ProgramEmission.IsEntry(function));
        _leave = program.Code.NewLabel();
    }

    internal void Emit()
    {
        _program.Code.Bind(_program.EntryOf(_function));
        _program.Code.MarkSlot(_function.Start);
        Open();
        for (int slot = _function.Start; slot < _function.End;)
        {
            slot += EmitSlot(slot);
        }

        EmitCold();
        if (_leaves)
        {
            Bind(_leave);
            _frame.Close(_writer);
        }
    }

    private bool _leaves;

    private void Open()
    {
        _frame.Open(_writer);
        if (ProgramEmission.IsEntry(_function))
        {
            _frame.TakeArguments(_writer, _program.Convention, argument =>
                argument == 0 ? _function.NeedsInvocation : _registers.IsLiveBefore(_function.Start, argument));
        }

        if (_function.HasBudget)
        {
            _writer.Encoder.Emit(Rows.MoveImmediate, Width.Quad, default, new MemoryOperand(MachineRegister.Rsp, _frame.Budget), InvocationLayout.MayGotoBudget);
        }

        if (_function.Function.ClearsStack)
        {
            ClearStack();
        }
    }

    private void ClearStack()
    {
        const int step = 16;
        int bytes = _function.Function.StackBytes + step - 1 & -step;
        if (bytes > 0)
        {
            _writer.Encoder.Emit(Rows.VectorExclusiveOr, Width.Double, MachineRegister.Rax, MachineRegister.Rax);
        }

        for (int offset = _frame.Top - bytes; offset < _frame.Top; offset += step)
        {
            _writer.Emit(Rows.VectorStore, Width.Double, MachineRegister.Rax, new MemoryOperand(MachineRegister.Rsp, offset));
        }
    }

    /// <returns>How many slots the code stands for.</returns>
    private int EmitSlot(int slot)
    {
        CodeBuffer code = _program.Code;
        if (_program.Flow.IsTarget(slot))
        {
            if (_program.Flow.IsLoopHead(slot))
            {
                code.Align(LoopAlignment, MostLoopPadding);
            }

            code.Bind(_program.LabelOf(slot));
        }

        code.MarkSlot(slot);
        if (_program.Flow.PaysFuel(slot))
        {
            PayFuel(slot);
        }

        int joined = _program.BlindsConstants ? 0 : Join(slot);
        if (joined > 0)
        {
            return joined;
        }

        EmitOne(slot);
        return At(slot).Row.Slots;
    }

    private void EmitOne(int slot)
    {
        Instruction instruction = At(slot);
        OpcodeRow row = instruction.Row;
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate: EmitAluImmediate(slot, instruction, row); break;
            case InstructionShape.AluRegister: EmitAluRegister(slot, instruction, row); break;
            case InstructionShape.AluUnary: EmitAluUnary(slot, instruction, row); break;
            case InstructionShape.MoveSigned: EmitMoveSigned(instruction, row); break;
            case InstructionShape.LoadWide: EmitLoadWide(slot, instruction); break;
            case InstructionShape.Load or InstructionShape.LoadAcquire: EmitLoad(instruction, row); break;
            case InstructionShape.StoreImmediate: EmitStoreImmediate(instruction, row); break;
            case InstructionShape.StoreRegister or InstructionShape.StoreRelease: EmitStoreRegister(instruction, row); break;
            case InstructionShape.LoadPacket: EmitLoadPacket(instruction, row); break;
            case InstructionShape.AtomicUpdate: EmitAtomicUpdate(instruction, row); break;
            case InstructionShape.AtomicFetch: EmitAtomicFetch(slot, instruction, row); break;
            case InstructionShape.AtomicCompareExchange: EmitCompareExchange(instruction, row); break;
            case InstructionShape.Jump: EmitJump(slot, instruction); break;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister: EmitConditional(slot, instruction, row); break;
            case InstructionShape.MayGoto: EmitMayGoto(slot, instruction); break;
            case InstructionShape.Call: EmitCall(slot, instruction); break;
            case InstructionShape.Exit: EmitExit(slot); break;
            default: throw new NotSupportedException($"Slot {slot} has {instruction.Operation}, which no proved program has.");
        }
    }

    private Instruction At(int slot) => _program.Program.Instructions[slot];

    private void Bind(CodeLabel label) => _program.Code.Bind(label);

    private CodeLabel NewLabel() => _program.Code.NewLabel();

    private static Width WidthOf(bool is64Bit) => is64Bit ? Width.Quad : Width.Double;

    private static Width WidthOf(OpcodeRow row) => (Width)row.AccessSize;

    /// <summary>The register that has the value of <paramref name="register"/>; R10's is worked out into <paramref name="scratch"/>.</summary>
    private MachineRegister Use(int register, MachineRegister scratch = RegisterMap.Operand)
    {
        if (register != (int)Register.R10)
        {
            return RegisterMap.Of(register);
        }

        _writer.Address(Width.Quad, scratch, new MemoryOperand(MachineRegister.Rsp, _frame.Top));
        return scratch;
    }

    /// <summary>The memory at a register plus an offset.</summary>
    private MemoryOperand Memory(int register, int offset) => register == (int)Register.R10
        ? new MemoryOperand(MachineRegister.Rsp, _frame.Top + offset)
        : new MemoryOperand(RegisterMap.Of(register), offset);

    /// <summary>A constant of the program, in a register.</summary>
    private void Constant(MachineRegister register, long value)
    {
        if (!_program.BlindsConstants || value == 0)
        {
            _writer.Constant(register, (ulong)value);
            return;
        }

        ulong key = _program.NextBlinding();
        if (value == (int)value)
        {
            _writer.Encoder.Emit(Rows.MoveImmediate, Width.Quad, default, register, (int)value ^ (int)key);
            _writer.Arithmetic(Rows.ExclusiveOr, Width.Quad, register, (int)key);
            return;
        }

        _writer.Encoder.MoveImmediate64(register, (ulong)value ^ key);
        _writer.Encoder.MoveImmediate64(RegisterMap.Second, key);
        _writer.Arithmetic(Rows.ExclusiveOr, Width.Quad, register, RegisterMap.Second);
    }

    private void EmitExit(int slot)
    {
        if (_frame.Saved.Length + 2 <= MostRepeatedEnd || (slot + 1 == _function.End && !_leaves))
        {
            _frame.Close(_writer);
            return;
        }

        Leave();
    }

    private void Leave()
    {
        _leaves = true;
        _writer.Jump(_leave);
    }

    private void LeaveIf(Condition condition)
    {
        _leaves = true;
        _writer.JumpIf(condition, _leave);
    }
}
