using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;

namespace Skep.Jit.Arm64.Emission;

/// <summary>Writes one function: prologue, its instructions in one pass, epilogue, and behind it what is seldom reached.</summary>
internal sealed partial class FunctionEmitter
{
    private const int ShortEpilogue = 3;
    private readonly ProgramEmission _program;
    private readonly FunctionSummary _function;
    private readonly RegisterAnalysis _registers;
    private readonly Instruction[] _instructions;
    private readonly MachineRegister[] _places;
    private readonly MachineWriter _writer;
    private readonly Frame _frame;
    private readonly CodeLabel _leave;
    private bool _needsLeave;
    private int _slot;

    internal FunctionEmitter(ProgramEmission program, FunctionSummary function)
    {
        _program = program;
        _function = function;
        _registers = program.Registers;
        _instructions = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(program.Program.Instructions)!;
        _writer = new MachineWriter(program.Code);
        _frame = Frame.Of(function);
        _places = RegisterMap.For(_frame.IsLeaf).ToArray();
        _leave = program.Code.NewLabel();
    }

    private MachineRegister Invocation => _frame.Invocation;

    internal void Emit()
    {
        _program.Code.Bind(_program.EntryOf(_function));
        _program.Code.MarkSlot(_function.Start);
        _frame.Open(_writer);
        for (int slot = _function.Start; slot < _function.End;)
        {
            Begin(slot);
            slot += EmitInstruction(_instructions[slot]);
        }

        Close();
    }

    /// <summary>Control arrives at a slot: from the one before, and from branches if it is a target.</summary>
    private void Begin(int slot)
    {
        _slot = slot;
        _hasReadOperands = false;
        if (_program.Flow.IsTarget(slot))
        {
            MaterialiseAll();
            _program.Code.Bind(_program.LabelOf(slot));
        }

        _program.Code.MarkSlot(slot);
        if (_program.NextFuelSlot == slot)
        {
            _program.PassFuelSlot();
            PayFuel();
        }
    }

    /// <summary>Control arrives at the slot from the one before only, and nothing is paid there: both may become one.</summary>
    private bool IsJoined(int slot) => slot < _function.End && !_program.Flow.IsTarget(slot) && _program.NextFuelSlot != slot;

    /// <returns>The slots that are done.</returns>
    private int EmitInstruction(Instruction instruction)
    {
        OpcodeRow row = instruction.Row;
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate:
                EmitAluImmediate(row, instruction);
                return 1;
            case InstructionShape.AluRegister:
                EmitAluRegister(row, instruction);
                return 1;
            case InstructionShape.AluUnary:
                EmitAluUnary(row, instruction);
                return 1;
            case InstructionShape.MoveSigned:
                EmitMoveSigned(row, instruction);
                return 1;
            case InstructionShape.LoadWide:
                EmitLoadWide(instruction);
                return 2;
            case InstructionShape.Load:
                return EmitLoad(row, instruction);
            case InstructionShape.StoreImmediate:
                return EmitStoreImmediate(row, instruction);
            case InstructionShape.StoreRegister:
                return EmitStoreRegister(row, instruction);
            case InstructionShape.LoadAcquire or InstructionShape.StoreRelease or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch
                or InstructionShape.AtomicCompareExchange:
                EmitAtomic(row, instruction);
                return 1;
            case InstructionShape.LoadPacket:
                EmitLoadPacket(row, instruction);
                return 1;
            default:
                return EmitControl(row, instruction);
        }
    }

    private int EmitControl(OpcodeRow row, Instruction instruction)
    {
        switch (row.Shape)
        {
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                return EmitConditional(row, instruction);
            case InstructionShape.Jump:
                EmitJump(instruction);
                return 1;
            case InstructionShape.MayGoto:
                EmitMayGoto(instruction);
                return 1;
            case InstructionShape.Call when instruction.Operation == Operation.CallHelper:
                EmitCallHelper(instruction);
                return 1;
            case InstructionShape.Call when instruction.Operation == Operation.CallLocal:
                EmitCallLocal(instruction);
                return 1;
            case InstructionShape.Exit:
                EmitExit();
                return 1;
            default:
                throw new NotSupportedException($"{instruction.Operation} at slot {_slot} of the lowered program: the arm64 back end has no code for it.");
        }
    }

    private void EmitLoadWide(Instruction instruction)
    {
        ulong value = instruction.Operation switch
        {
            Operation.LoadImmediate64 => (ulong)instruction.Immediate,
            Operation.LoadFunction => Execution.Calls.FunctionAddress.Of(_slot + 1 + instruction.LowImmediate),
            _ => throw new NotSupportedException($"{instruction.Operation} at slot {_slot} of the lowered program: expected an immediate."),
        };
        MachineRegister d = Claim(instruction.Destination);
        if (instruction.Operation == Operation.LoadFunction)
        {
            _writer.Constant(d, value);
        }
        else
        {
            LoadConstant(d, value);
        }
    }

    private void EmitExit()
    {
        MaterialiseAll();
        DropAll();
        if (_slot == _function.End - 1)
        {
            // What leaves from elsewhere meets the same instructions.
            _needsLeave = true;
        }
        else if (_frame.CloseLength <= ShortEpilogue)
        {
            _frame.Close(_writer);
        }
        else
        {
            Leave();
        }
    }

    /// <summary>Ends the function; after a trap R0 does not matter.</summary>
    private void Leave()
    {
        _needsLeave = true;
        _writer.Jump(_leave);
    }

    /// <summary>A constant that the program chose.</summary>
    private void LoadConstant(MachineRegister d, ulong value)
    {
        if (!_program.BlindsConstants || value == 0)
        {
            _writer.Constant(d, value);
            return;
        }

        bool is64 = value > uint.MaxValue;
        ulong key = _program.NextBlinding();
        key = is64 ? key : (uint)key;
        _writer.Constant(d, value ^ key);
        _writer.Constant(RegisterMap.Key, key);
        _writer.Append(Encoder.Of(ShiftedRow.Eor, is64 || (value ^ key) > uint.MaxValue, d, d, RegisterMap.Key));
    }
}
