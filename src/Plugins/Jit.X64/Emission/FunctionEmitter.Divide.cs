using Skep.Isa;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>
/// Division by a register. The processor divides RDX:RAX, which are R2 and R0: they are kept aside where they are looked at afterwards. The quotient of 0 and the
/// remainder of 0 are defined, and so is that of the least number and -1; those go their own way.
/// </content>
internal sealed partial class FunctionEmitter
{
    private void DivideByRegister(int slot, OpcodeRow row, MachineRegister destination, MachineRegister divisor)
    {
        const MachineRegister low = MachineRegister.Rax;
        const MachineRegister high = MachineRegister.Rdx;
        bool isSigned = row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo;
        bool isModulo = row.Alu is AluOperator.Modulo or AluOperator.SignedModulo;
        Instruction instruction = At(slot);
        bool isNarrow = !row.Is64Bit || (!isSigned && IsUpperZero(slot, instruction.Destination) && row.UsesSourceRegister && IsUpperZero(slot, instruction.Source));
        Width width = WidthOf(!isNarrow);
        if (divisor is low or high)
        {
            _writer.Move(RegisterMap.Operand, divisor);
            divisor = RegisterMap.Operand;
        }

        CodeLabel resume = NewLabel();
        CheckDivisor(slot, row, width, destination, divisor, resume);
        bool keepsLow = destination != low && _registers.IsLiveAfter(slot, (int)Register.R0);
        bool keepsHigh = destination != high && _registers.IsLiveAfter(slot, (int)Register.R2);
        Keep(keepsLow, RegisterMap.Second, low);
        Keep(keepsHigh, RegisterMap.First, high);
        _writer.Move(width, low, destination, skipSame: true);
        if (isSigned)
        {
            _writer.Encoder.Plain(width == Width.Quad ? Rows.SignIntoRdx64 : Rows.SignIntoRdx32, width);
            _writer.Unary(Rows.SignedDivide, width, divisor);
        }
        else
        {
            _writer.Clear(high);
            _writer.Unary(Rows.Divide, width, divisor);
        }

        // The result of 32 bits is zero-extended already.
        _writer.Move(destination, isModulo ? high : low);
        Keep(keepsLow, low, RegisterMap.Second);
        Keep(keepsHigh, high, RegisterMap.First);
        Bind(resume);
    }

    private bool IsUpperZero(int slot, int register) => register != (int)Register.R10 && _registers.IsUpperZeroBefore(slot, register);

    private void CheckDivisor(int slot, OpcodeRow row, Width width, MachineRegister destination, MachineRegister divisor, CodeLabel resume)
    {
        var path = new ColdPath(ColdKind.Division) { Slot = slot, Destination = destination, Divisor = divisor, Resume = resume };
        if (row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo)
        {
            // -1 and 0 are the numbers that are at most 1 when 1 is added.
            _writer.Address(width, RegisterMap.First, new MemoryOperand(divisor, 1));
            _writer.Compare(width, RegisterMap.First, 1);
            _writer.JumpIf(Condition.BelowOrEqual, Cold(path));
            return;
        }

        _writer.TestSelf(width, divisor);
        bool changesNothing = row.Alu == AluOperator.Modulo && (row.Is64Bit || _registers.IsUpperZeroBefore(slot, At(slot).Destination));
        _writer.JumpIf(Condition.Equal, changesNothing ? resume : Cold(path));
    }

    private void Keep(bool isNeeded, MachineRegister destination, MachineRegister source)
    {
        if (isNeeded)
        {
            _writer.Move(destination, source);
        }
    }
}
