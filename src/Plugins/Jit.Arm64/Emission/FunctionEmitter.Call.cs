using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Calls, and packet loads, which count as such.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitCallHelper(Instruction instruction)
    {
        MaterialiseAll();
        DropAll();
        int helper = (int)instruction.Immediate;
        Execution.Calls.HelperCall called = _program.Program.HelperCalls[helper];
        if (called.CallsElement && ProgramEmission.MayJump(_function))
        {
            EmitTailJump();
        }

        _writer.Constant(RegisterMap.First, (ulong)_slot);
        _writer.Append(Encoder.Of(MemoryRow.StrWord, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.Slot));
        _program.Code.Branch(Encoder.Of(BranchRow.LdrLiteral, false, RegisterMap.First), _program.CellOf(helper));
        _writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.Scaled, RegisterMap.First, RegisterMap.First, 0));
        _writer.Move(true, X0, Invocation);
        _writer.Append(Encoder.Of(RegisterBranchRow.Blr, RegisterMap.First));
        LeaveIfOver(called.MayTrap, called.IsTailCall);
    }

    private void EmitCallLocal(Instruction instruction)
    {
        MaterialiseAll();
        DropAll();
        FunctionSummary callee = _program.Summary.FunctionAt(_slot + 1 + instruction.Offset);
        _writer.Call(_program.EntryOf(callee));
        LeaveIfOver(callee.MayTrap);
    }

    /// <summary>Leaves the function after a trap, and when another program took its place: those two bytes are neighbours.</summary>
    private void LeaveIfOver(bool mayTrap, bool isTailCall = false)
    {
        if (!mayTrap)
        {
            return;
        }

        _needsLeave = true;
        _writer.Append(Encoder.Of(isTailCall ? MemoryRow.Ldrh : MemoryRow.Ldrb, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.TrapKind));
        _program.Code.Branch(Encoder.Of(BranchRow.Cbnz, false, RegisterMap.First), _leave);
    }

    private void EmitLoadPacket(OpcodeRow row, Instruction instruction)
    {
        MachineRegister offset = RegisterMap.Third;
        if (row.UsesSourceRegister)
        {
            Prepare(instruction.Source, is64: false);
        }

        MaterialiseAll();
        var displacement = (int)instruction.Immediate;
        if (!row.UsesSourceRegister)
        {
            LoadConstant(offset, (uint)displacement);
        }
        else if (instruction.Source == FramePointerNumber || _program.BlindsConstants || !_writer.TryAddImmediate(false, offset, Place(instruction.Source), displacement))
        {
            MachineRegister index = Operand(instruction.Source, RegisterMap.Second);
            LoadConstant(RegisterMap.First, (uint)displacement);
            _writer.Append(Encoder.Of(ShiftedRow.Add, false, offset, index, RegisterMap.First));
        }

        DropAll();
        _program.Code.Branch(Encoder.Of(BranchRow.Tbnz, offset, 31), Outside());
        _writer.Append(Encoder.Of(MemoryRow.Ldrb, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.PacketAccess));
        _program.Code.Branch(Encoder.Of(BranchRow.Tbz, RegisterMap.First, 0), Outside());
        _writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.PacketLength));
        _writer.AddImmediate(RegisterMap.Second, offset, row.OperandBits / 8);
        _writer.Compare(true, RegisterMap.Second, RegisterMap.First);
        _program.Code.Branch(Encoder.Of(BranchRow.BCondition, Condition.Higher), Outside());
        _writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.PacketAddress));
        MemoryRow load = row.OperandBits switch { 8 => MemoryRow.Ldrb, 16 => MemoryRow.Ldrh, _ => MemoryRow.LdrWord };
        _writer.Append(Encoder.Of(load, X0, RegisterMap.First, offset, Extension.Whole, isScaled: false));
        if (row.OperandBits > 8)
        {
            _writer.Append(Encoder.Of(row.OperandBits == 16 ? OneSourceRow.Rev16 : OneSourceRow.Rev32, false, X0, X0));
        }
    }
}
