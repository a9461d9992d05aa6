using Skep.Contracts;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Tail calls from machine code into machine code.</content>
internal sealed partial class FunctionEmitter
{
    /// <summary>Goes on in the element of the map in R2 at the index in R3, where <see cref="JumpLayout"/> allows it; else behind this code, with R1 to R5 as they were.</summary>
    private void EmitTailJump()
    {
        const MachineRegister target = RegisterMap.Operand;
        const MachineRegister index = RegisterMap.First;
        const MachineRegister word = MachineRegister.Rax;
        CodeLabel miss = NewLabel();

        // Loads are in order on this processor, so that each is an acquire.
        _writer.Emit(Rows.Load, Width.Quad, target, new MemoryOperand(RegisterMap.Of(2), JumpLayout.Cell));
        _writer.Emit(Rows.Load, Width.Quad, target, new MemoryOperand(target));
        _writer.Move32(index, RegisterMap.Of(3));
        _writer.Emit(Rows.Compare.FromOperand, Width.Double, index, new MemoryOperand(target, JumpLayout.Count));
        _writer.JumpIf(Condition.AboveOrEqual, miss);
        _writer.Emit(Rows.Load, Width.Quad, target, new MemoryOperand(target, JumpLayout.Elements, index, Shift: 3));
        _writer.Emit(Rows.Load, Width.Double, word, new MemoryOperand(target, JumpLayout.Type));
        _writer.Emit(Rows.Compare.FromOperand, Width.Double, word, InInvocation(InvocationLayout.JumpType));
        _writer.JumpIf(Condition.NotEqual, miss);
        _writer.Emit(Rows.Load, Width.Quad, word, new MemoryOperand(target, JumpLayout.ContextBytes));
        _writer.Emit(Rows.Compare.FromOperand, Width.Quad, word, InInvocation(InvocationLayout.ContextBytes));
        _writer.JumpIf(Condition.Above, miss);
        _writer.Arithmetic(Rows.Compare, Width.Double, InInvocation(InvocationLayout.TailCalls), Invocation.MaximumTailCalls);
        _writer.JumpIf(Condition.AboveOrEqual, miss);
        _writer.Arithmetic(Rows.Add, Width.Double, InInvocation(InvocationLayout.TailCalls), 1);
        Copy(new MemoryOperand(target, JumpLayout.Engine), InvocationLayout.Engine);
        Copy(new MemoryOperand(target, JumpLayout.Program), InvocationLayout.Program);
        _writer.Emit(Rows.Load, Width.Quad, target, new MemoryOperand(target, JumpLayout.Entry));
        _writer.Emit(Rows.Load, Width.Quad, _program.Convention.ArgumentRegisters[1], InInvocation(InvocationLayout.Context));
        _writer.Move(_program.Convention.ArgumentRegisters[0], RegisterMap.Invocation);
        _frame.Undo(_writer);
        _writer.Emit(Rows.JumpIndirect, Width.Quad, default, target);
        Bind(miss);

        void Copy(MemoryOperand from, int to)
        {
            _writer.Emit(Rows.Load, Width.Quad, word, from);
            _writer.Emit(Rows.Store, Width.Quad, word, InInvocation(to));
        }
    }
}
