using Skep.Contracts;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Tail calls from machine code into machine code.</content>
internal sealed partial class FunctionEmitter
{
    /// <summary>Goes on in the element of the map in R2 at the index in R3, where <see cref="JumpLayout"/> allows it; else behind this code, with R1 to R5 as they were.</summary>
    private void EmitTailJump()
    {
        // Frame.Undo may need the first scratch register, so that the entry is in the second: from that one, too, a branch may go to where calls arrive.
        const MachineRegister target = RegisterMap.Second;
        const MachineRegister word = RegisterMap.First;
        const MachineRegister limit = RegisterMap.Third;
        CodeLabel miss = _program.Code.NewLabel();
        Load(MemoryRow.Ldr, target, Place(2), JumpLayout.Cell);
        LoadAcquired(target, target);
        Load(MemoryRow.LdrWord, word, target, JumpLayout.Count);
        _writer.Compare(false, Place(3), word);
        MissIf(Condition.HigherOrSame);
        _writer.AddImmediate(target, target, JumpLayout.Elements);
        _writer.Append(Encoder.Of(ExtendedRow.Add, true, target, target, Place(3), Extension.Word, 3));
        LoadAcquired(target, target);
        Compare(MemoryRow.LdrWord, JumpLayout.Type, InvocationLayout.JumpType);
        MissIf(Condition.NotEqual);
        Compare(MemoryRow.Ldr, JumpLayout.ContextBytes, InvocationLayout.ContextBytes);
        MissIf(Condition.Higher);
        Load(MemoryRow.LdrWord, word, Invocation, InvocationLayout.TailCalls);
        _writer.Append(Encoder.Of(AddImmediateRow.Subs, false, Zero, word, Contracts.Invocation.MaximumTailCalls));
        MissIf(Condition.HigherOrSame);
        _writer.Append(Encoder.Of(AddImmediateRow.Add, false, word, word, 1));
        _writer.Append(Encoder.Of(MemoryRow.StrWord, AddressForm.Scaled, word, Invocation, InvocationLayout.TailCalls));
        Copy(JumpLayout.Engine, InvocationLayout.Engine);
        Copy(JumpLayout.Program, InvocationLayout.Program);
        Load(MemoryRow.Ldr, target, target, JumpLayout.Entry);
        Load(MemoryRow.Ldr, X1, Invocation, InvocationLayout.Context);
        _writer.Move(true, X0, Invocation);
        _frame.Undo(_writer);
        _writer.Append(Encoder.Of(RegisterBranchRow.Br, target));
        _program.Code.Bind(miss);

        void Load(MemoryRow row, MachineRegister register, MachineRegister origin, int offset)
            => _writer.Append(Encoder.Of(row, AddressForm.Scaled, register, origin, offset));

        void LoadAcquired(MachineRegister register, MachineRegister address) => _writer.Append(Encoder.Of(OrderedRow.Ldar, register, address));

        void Compare(MemoryRow row, int inTarget, int inInvocation)
        {
            Load(row, word, target, inTarget);
            Load(row, limit, Invocation, inInvocation);
            _writer.Compare(row == MemoryRow.Ldr, word, limit);
        }

        void MissIf(Condition condition) => _program.Code.Branch(Encoder.Of(BranchRow.BCondition, condition), miss);

        void Copy(int from, int to)
        {
            Load(MemoryRow.Ldr, word, target, from);
            _writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Scaled, word, Invocation, to));
        }
    }
}
