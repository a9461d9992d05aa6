using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Calls, fuel and what else goes through the invocation.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitCall(int slot, Instruction instruction)
    {
        if (instruction.Operation == Operation.CallHelper)
        {
            CallHelper(slot, (int)instruction.Immediate);
        }
        else if (instruction.Operation == Operation.CallLocal)
        {
            FunctionSummary callee = _program.Summary.FunctionAt(slot + 1 + instruction.Offset);
            _writer.Call(_program.EntryOf(callee));
            LeaveIfOver(callee.MayTrap);
        }
        else
        {
            throw new NotSupportedException($"Slot {slot} has {instruction.Operation}, which no proved program has.");
        }
    }

    private void CallHelper(int slot, int helper)
    {
        if (_program.Program.Helpers[helper].Descriptor.Intrinsic == HelperIntrinsic.ProcessorNumber && _program.Features.TellsProcessor)
        {
            EmitProcessorNumber(slot);
        }
        else
        {
            CallThroughCell(slot, helper);
        }
    }

    /// <summary>R0 = the event's processor, or the one that runs; what is out of the range that the helper promises is left to the helper.</summary>
    private void EmitProcessorNumber(int slot)
    {
        const MachineRegister number = MachineRegister.Rax;
        CodeLabel isHere = NewLabel();
        CodeLabel resume = NewLabel();
        _writer.Emit(Rows.Load, Width.Quad, number, InInvocation(InvocationLayout.Origin));
        _writer.Arithmetic(Rows.Compare, Width.Byte, new MemoryOperand(number, InvocationLayout.OriginIsKnown), 0);
        _writer.JumpIf(Condition.Equal, isHere);
        _writer.Emit(Rows.Load, Width.Double, number, new MemoryOperand(number, InvocationLayout.OriginCpu));
        _writer.Arithmetic(Rows.Compare, Width.Double, number, HelperIntrinsics.MaximumProcessor);
        _writer.JumpIf(Condition.Above, Cold(new ColdPath(ColdKind.Helper) { Slot = slot, Resume = resume }));
        _writer.Jump(resume);
        Bind(isHere);
        _writer.Unary(Rows.ReadProcessorId, Width.Quad, number);
        _writer.Arithmetic(Rows.And, Width.Double, number, ProcessorFeatures.ProcessorMask);
        Bind(resume);
    }

    private void CallThroughCell(int slot, int helper)
    {
        Execution.Calls.HelperCall called = _program.Program.HelperCalls[helper];
        if (called.CallsElement && ProgramEmission.MayJump(_function))
        {
            EmitTailJump();
        }

        HelperArguments(_program.Program.Helpers[helper].Descriptor.ArgumentRegisters);
        StoreSlot(slot);
        _writer.Encoder.MoveImmediate64(MachineRegister.Rax, 0);
        _program.Code.RelocateLast(CodeRelocationKind.HelperCell, helper);
        _writer.Emit(Rows.CallIndirect, Width.Quad, default, new MemoryOperand(MachineRegister.Rax));
        LeaveIfOver(called.MayTrap, called.IsTailCall);
    }

    /// <summary>From the last argument to the first: each goes to a register that only a later argument came from, or that was never an argument.</summary>
    private void HelperArguments(int count)
    {
        CallingConvention convention = _program.Convention;
        for (int argument = CallingConvention.ArgumentCount - 1; argument >= 0; argument--)
        {
            MachineRegister home = argument == 0 ? RegisterMap.Invocation : RegisterMap.Of(argument);
            if (argument > count)
            {
                continue;
            }

            if (argument < convention.ArgumentRegisters.Length)
            {
                _writer.Move(convention.ArgumentRegisters[argument], home);
            }
            else
            {
                _writer.Emit(Rows.Store, Width.Quad, home, new MemoryOperand(MachineRegister.Rsp, convention.StackOffset(argument)));
            }
        }
    }

    private static MemoryOperand InInvocation(int offset) => new(RegisterMap.Invocation, offset);

    private void StoreSlot(int slot) => _writer.Encoder.Emit(Rows.MoveImmediate, Width.Double, default, InInvocation(InvocationLayout.Slot), slot);

    /// <summary>Leaves the function after a trap, and when another program took its place: those two bytes are neighbours.</summary>
    private void LeaveIfOver(bool mayTrap, bool isTailCall = false)
    {
        if (mayTrap)
        {
            _writer.Arithmetic(Rows.Compare, isTailCall ? Width.Word : Width.Byte, InInvocation(InvocationLayout.TrapKind), 0);
            LeaveIf(Condition.NotEqual);
        }
    }

    private void PayFuel(int slot)
    {
        _writer.Arithmetic(Rows.Subtract, Width.Quad, InInvocation(InvocationLayout.Fuel), 1);
        _writer.JumpIf(Condition.Below, Cold(new ColdPath(ColdKind.OutOfFuel) { Slot = slot }));
    }

    private void EmitMayGoto(int slot, Instruction instruction)
    {
        PayFuel(slot);
        _writer.Arithmetic(Rows.Subtract, Width.Quad, new MemoryOperand(MachineRegister.Rsp, _frame.Budget), 1);
        _writer.JumpIf(Condition.Below, Cold(new ColdPath(ColdKind.OutOfBudget) { Slot = slot, Resume = _program.LabelOf(slot + 1 + instruction.Offset) }));
    }

    /// <summary>R0 = the packet's bytes at an offset, from network order; outside of it the function returns 0.</summary>
    private void EmitLoadPacket(Instruction instruction, OpcodeRow row)
    {
        const MachineRegister offset = RegisterMap.Operand;
        const MachineRegister rest = RegisterMap.First;
        int size = row.OperandBits / 8;
        if (row.UsesSourceRegister)
        {
            _writer.Address(Width.Double, offset, Memory(instruction.Source, 0));
            if (instruction.Immediate != 0)
            {
                Constant(rest, instruction.Immediate);
                _writer.Arithmetic(Rows.Add, Width.Double, offset, rest);
            }
        }
        else
        {
            Constant(offset, (uint)instruction.Immediate);
        }

        CodeLabel outside = Cold(new ColdPath(ColdKind.OutsidePacket));
        _writer.TestSelf(Width.Double, offset);
        _writer.JumpIf(Condition.Sign, outside);
        _writer.Encoder.Emit(Rows.TestImmediate, Width.Byte, default, InInvocation(InvocationLayout.PacketAccess), (int)MemoryAccess.Read);
        _writer.JumpIf(Condition.Equal, outside);
        _writer.Emit(Rows.Load, Width.Quad, rest, InInvocation(InvocationLayout.PacketLength));
        _writer.Arithmetic(Rows.Subtract, Width.Quad, rest, size);
        _writer.JumpIf(Condition.Below, outside);
        _writer.Arithmetic(Rows.Compare, Width.Quad, offset, rest);
        _writer.JumpIf(Condition.Above, outside);
        _writer.Emit(Rows.Load, Width.Quad, rest, InInvocation(InvocationLayout.PacketAddress));
        LoadSwapped(MachineRegister.Rax, row.OperandBits, new MemoryOperand(rest, 0, offset));
    }

    /// <summary>An unsigned value from network order; 8 bits have none.</summary>
    private void LoadSwapped(MachineRegister destination, int bits, in MemoryOperand memory)
    {
        switch (bits)
        {
            case 8:
                _writer.Emit(Rows.LoadZero8, Width.Double, destination, memory);
                break;
            case 16:
                _writer.Emit(Rows.LoadZero16, Width.Double, destination, memory);
                _writer.Shift(Rows.RotateLeft, Width.Word, destination, 8);
                break;
            case var _ when _program.Features.HasMovbe:
                _writer.Emit(Rows.LoadSwapped, (Width)(bits / 8), destination, memory);
                break;
            default:
                _writer.Emit(Rows.Load, (Width)(bits / 8), destination, memory);
                _writer.Encoder.SwapBytes((Width)(bits / 8), destination);
                break;
        }
    }
}
