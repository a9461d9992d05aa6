using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Fuel, and the code behind the epilogue that is seldom reached.</content>
internal sealed partial class FunctionEmitter
{
    private List<(CodeLabel Label, int Slot)>? _traps;
    private CodeLabel? _outside;

    /// <summary>Traps where there is no fuel, else takes one unit.</summary>
    private void PayFuel()
    {
        CodeLabel trap = _program.Code.NewLabel();
        (_traps ??= []).Add((trap, _slot));
        _writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.Fuel));
        _program.Code.Branch(Encoder.Of(BranchRow.Cbz, true, RegisterMap.First), trap);
        _writer.Append(Encoder.Of(AddImmediateRow.Sub, true, RegisterMap.First, RegisterMap.First, 1));
        _writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.Fuel));
    }

    private void EmitMayGoto(Instruction instruction)
    {
        MaterialiseAll();
        PayFuel();
        _writer.Append(Encoder.Of(MemoryRow.LdrWord, AddressForm.Scaled, RegisterMap.First, Stack, Frame.BudgetOffset));
        _program.Code.Branch(Encoder.Of(BranchRow.Cbz, false, RegisterMap.First), _program.LabelOf(_slot + 1 + instruction.Offset));
        _writer.Append(Encoder.Of(AddImmediateRow.Sub, false, RegisterMap.First, RegisterMap.First, 1));
        _writer.Append(Encoder.Of(MemoryRow.StrWord, AddressForm.Scaled, RegisterMap.First, Stack, Frame.BudgetOffset));
    }

    /// <summary>Where the function returns 0 for a packet load outside of the packet.</summary>
    private CodeLabel Outside() => _outside ??= _program.Code.NewLabel();

    private void Close()
    {
        // Cold code may need the epilogue before it is known that anything else does.
        _needsLeave |= _traps is not null || _outside is not null;
        if (_needsLeave)
        {
            _program.Code.Bind(_leave);
            _frame.Close(_writer);
        }

        if (_outside is { } outside)
        {
            _program.Code.Bind(outside);
            _writer.Constant(X0, 0);
            _writer.Jump(_leave);
        }

        if (_traps is null)
        {
            return;
        }

        CodeLabel tail = _program.Code.NewLabel();
        foreach ((CodeLabel label, int slot) in _traps)
        {
            _program.Code.Bind(label);
            _program.Code.MarkSlot(slot);
            _writer.Constant(RegisterMap.First, (ulong)slot);
            _writer.Jump(tail);
        }

        _program.Code.Bind(tail);
        _writer.Append(Encoder.Of(MemoryRow.StrWord, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.Slot));
        _writer.Constant(RegisterMap.First, (ulong)TrapKind.FuelExhausted);
        _writer.Append(Encoder.Of(MemoryRow.Strb, AddressForm.Scaled, RegisterMap.First, Invocation, InvocationLayout.TrapKind));
        _writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Scaled, Zero, Invocation, InvocationLayout.TrapAddress));
        _writer.Jump(_leave);
    }
}
