using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>
/// Atomic accesses: one instruction of FEAT_LSE where code may use it; else a loop of exclusive loads and stores with a barrier behind it, since an exclusive store that
/// releases does not keep later accesses behind it.
/// </content>
internal sealed partial class FunctionEmitter
{
    private void EmitAtomic(OpcodeRow row, Instruction instruction)
    {
        bool isLoad = row.Shape == InstructionShape.LoadAcquire;
        int pointer = isLoad ? instruction.Source : instruction.Destination;
        if (!isLoad)
        {
            Prepare(instruction.Source, row.OperandBits == 64);
        }

        if (row.Shape == InstructionShape.AtomicCompareExchange)
        {
            // It is overwritten by the instruction itself.
            Materialise(0);
        }

        if (_deferred[pointer].Kind != DeferredKind.FrameAddress)
        {
            Prepare(pointer, is64: true);
        }

        MachineRegister address = AddressRegister(pointer, instruction.Offset);
        if (isLoad)
        {
            OrderedRow load = row.OperandBits switch { 8 => OrderedRow.Ldarb, 16 => OrderedRow.Ldarh, 32 => OrderedRow.LdarWord, _ => OrderedRow.Ldar };
            _writer.Append(Encoder.Of(load, Claim(instruction.Destination), address));
            return;
        }

        MachineRegister value = Operand(instruction.Source, RegisterMap.Second);
        switch (row.Shape)
        {
            case InstructionShape.StoreRelease:
                OrderedRow store = row.OperandBits switch { 8 => OrderedRow.Stlrb, 16 => OrderedRow.Stlrh, 32 => OrderedRow.StlrWord, _ => OrderedRow.Stlr };
                _writer.Append(Encoder.Of(store, value, address));
                break;
            case InstructionShape.AtomicCompareExchange:
                CompareExchange(row.OperandBits == 64, Claim(0), value, address);
                break;
            case InstructionShape.AtomicFetch:
                Update(row, Claim(instruction.Source), value, address);
                break;
            default:
                // Into a register that nobody reads: without one it would not acquire.
                Update(row, RegisterMap.Third, value, address);
                break;
        }
    }

    private MachineRegister AddressRegister(int pointer, int offset)
    {
        Address address = LocateAddress(pointer, offset);
        if (address.Offset == 0 && address.Base != Stack)
        {
            return address.Base;
        }

        _writer.AddImmediate(RegisterMap.First, address.Base, address.Offset);
        return RegisterMap.First;
    }

    private void CompareExchange(bool is64, MachineRegister expected, MachineRegister value, MachineRegister address)
    {
        if (_program.Features.HasAtomics)
        {
            _writer.Append(Encoder.Of(AtomicRow.Casal, is64, expected, value, address));
            return;
        }

        CodeLabel again = _writer.Code.NewLabel();
        CodeLabel done = _writer.Code.NewLabel();
        _writer.Code.Bind(again);
        _writer.Append(Encoder.Of(is64 ? OrderedRow.Ldaxr : OrderedRow.LdaxrWord, RegisterMap.Third, address, Zero));
        _writer.Compare(is64, RegisterMap.Third, expected);
        _writer.Code.Branch(Encoder.Of(BranchRow.BCondition, Condition.NotEqual), done);
        _writer.Append(Encoder.Of(is64 ? OrderedRow.Stlxr : OrderedRow.StlxrWord, value, address, RegisterMap.Fourth));
        _writer.Code.Branch(Encoder.Of(BranchRow.Cbnz, false, RegisterMap.Fourth), again);
        _writer.Code.Bind(done);
        _writer.Append((uint)PlainRow.DmbIsh);
        _writer.Move(true, expected, RegisterMap.Third);
    }

    /// <param name="before">Gets what was in memory, zero-extended; may be <paramref name="value"/> or <paramref name="address"/>.</param>
    private void Update(OpcodeRow row, MachineRegister before, MachineRegister value, MachineRegister address)
    {
        bool is64 = row.OperandBits == 64;
        if (!_program.Features.HasAtomics)
        {
            UpdateExclusively(row.Atomic, is64, before, value, address);
            return;
        }

        if (row.Atomic == AtomicOperator.And)
        {
            _writer.Append(Encoder.Of(ShiftedRow.Orn, is64, RegisterMap.Fourth, Zero, value));
            value = RegisterMap.Fourth;
        }

        AtomicRow update = row.Atomic switch
        {
            AtomicOperator.Add => AtomicRow.Ldaddal,
            AtomicOperator.Or => AtomicRow.Ldsetal,
            AtomicOperator.And => AtomicRow.Ldclral,
            AtomicOperator.ExclusiveOr => AtomicRow.Ldeoral,
            _ => AtomicRow.Swpal,
        };
        _writer.Append(Encoder.Of(update, is64, value, before, address));
    }

    private void UpdateExclusively(AtomicOperator atomic, bool is64, MachineRegister before, MachineRegister value, MachineRegister address)
    {
        const MachineRegister changed = RegisterMap.Fourth;
        const MachineRegister status = RegisterMap.Key;
        CodeLabel again = _writer.Code.NewLabel();
        _writer.Code.Bind(again);
        _writer.Append(Encoder.Of(is64 ? OrderedRow.Ldaxr : OrderedRow.LdaxrWord, RegisterMap.Third, address, Zero));
        if (atomic != AtomicOperator.Exchange)
        {
            AluOperator alu = atomic switch
            {
                AtomicOperator.Add => AluOperator.Add,
                AtomicOperator.Or => AluOperator.Or,
                AtomicOperator.And => AluOperator.And,
                _ => AluOperator.ExclusiveOr,
            };
            _writer.Append(Encoder.Of(RowOf(alu, inverts: false), is64, changed, RegisterMap.Third, value));
            value = changed;
        }

        _writer.Append(Encoder.Of(is64 ? OrderedRow.Stlxr : OrderedRow.StlxrWord, value, address, status));
        _writer.Code.Branch(Encoder.Of(BranchRow.Cbnz, false, status), again);
        _writer.Append((uint)PlainRow.DmbIsh);
        if (before != RegisterMap.Third)
        {
            _writer.Move(true, before, RegisterMap.Third);
        }
    }
}
