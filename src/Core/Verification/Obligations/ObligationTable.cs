using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.Walk;

namespace Skep.Verification.Obligations;

/// <summary>The obligations of every instruction of a program, in the order in which they are checked.</summary>
internal sealed class ObligationTable
{
    private readonly Obligation[] _all;
    private readonly int[] _starts;

    private ObligationTable(Obligation[] all, int[] starts)
    {
        _all = all;
        _starts = starts;
    }

    public ReadOnlySpan<Obligation> At(int slot) => _all.AsSpan(_starts[slot], _starts[slot + 1] - _starts[slot]);

    public static ObligationTable Of(VerifierInput input)
    {
        var all = new List<Obligation>(input.Code.Length * 2);
        int[] starts = new int[input.Code.Length + 1];
        for (int slot = 0; slot < input.Code.Length; slot++)
        {
            Extract(input, slot, all);
            starts[slot + 1] = all.Count;
        }

        return new ObligationTable([.. all], starts);
    }

    private static void Extract(VerifierInput input, int slot, List<Obligation> into)
    {
        Instruction i = input.Code[slot];
        OpcodeRow row = input.Rows[slot];
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                ExtractArithmetic(i, row, into);
                break;
            case InstructionShape.Load or InstructionShape.LoadAcquire:
                into.Add(new Obligation(ObligationKind.Written, i.Source));
                into.Add(new Obligation(ObligationKind.Access, i.Source, Offset: i.Offset, Size: (byte)row.AccessSize, Access: MemoryAccess.Read, IsAtomic: row.IsAtomic));
                break;
            case InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease:
            case InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange:
                ExtractStore(i, row, into);
                break;
            case InstructionShape.LoadPacket:
                into.Add(new Obligation(ObligationKind.PacketContext, (byte)Register.R6));
                if (row.UsesSourceRegister)
                {
                    into.Add(new Obligation(ObligationKind.Written, i.Source));
                    into.Add(new Obligation(ObligationKind.NumberOrLeak, i.Source));
                }

                break;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                ExtractJump(i, row, into);
                break;
            case InstructionShape.Call:
                ExtractCall(input, slot, into);
                break;
            case InstructionShape.Exit:
                into.Add(new Obligation(ObligationKind.Returned, (byte)Register.R0));
                into.Add(new Obligation(ObligationKind.NothingHeld, (byte)Register.R0));
                break;
        }
    }

    private static void ExtractArithmetic(in Instruction i, OpcodeRow row, List<Obligation> into)
    {
        if (row.UsesSourceRegister)
        {
            into.Add(new Obligation(ObligationKind.Written, i.Source));
        }

        if (row.ReadsDestination)
        {
            into.Add(new Obligation(ObligationKind.Written, i.Destination));
        }

        bool isMove = row.Alu == AluOperator.Move;
        if (isMove ? row.UsesSourceRegister && !row.Is64Bit : row.Shape is InstructionShape.MoveSigned)
        {
            into.Add(new Obligation(ObligationKind.NumberOrLeak, i.Source));
        }
        else if (row.Shape == InstructionShape.AluUnary)
        {
            into.Add(new Obligation(ObligationKind.NumberOrLeak, i.Destination));
        }
        else if (!isMove)
        {
            into.Add(new Obligation(ObligationKind.Arithmetic, i.Destination, row.UsesSourceRegister ? i.Source : Obligation.NoRegister));
        }
    }

    private static void ExtractStore(in Instruction i, OpcodeRow row, List<Obligation> into)
    {
        if (row.UsesSourceRegister)
        {
            into.Add(new Obligation(ObligationKind.Written, i.Source));
        }

        into.Add(new Obligation(ObligationKind.Written, i.Destination));
        if (row.Shape == InstructionShape.AtomicCompareExchange)
        {
            into.Add(new Obligation(ObligationKind.Written, (byte)Register.R0));
            into.Add(new Obligation(ObligationKind.NumberOrLeak, (byte)Register.R0));
        }

        if (row.IsReadModifyWrite)
        {
            into.Add(new Obligation(ObligationKind.NumberOrLeak, i.Source));
        }

        MemoryAccess access = row.IsReadModifyWrite ? MemoryAccess.ReadWrite : MemoryAccess.Write;
        into.Add(new Obligation(ObligationKind.Access, i.Destination, Offset: i.Offset, Size: (byte)row.AccessSize, Access: access, IsAtomic: row.IsAtomic));
        if (row.Shape is InstructionShape.StoreRegister or InstructionShape.StoreRelease)
        {
            into.Add(new Obligation(ObligationKind.Storable, i.Destination, i.Source, i.Offset, (byte)row.AccessSize));
        }
    }

    private static void ExtractJump(in Instruction i, OpcodeRow row, List<Obligation> into)
    {
        if (row.UsesSourceRegister)
        {
            into.Add(new Obligation(ObligationKind.Written, i.Source));
        }

        into.Add(new Obligation(ObligationKind.Written, i.Destination));
        into.Add(new Obligation(ObligationKind.Comparable, i.Destination, row.UsesSourceRegister ? i.Source : Obligation.NoRegister));
    }

    private static void ExtractCall(VerifierInput input, int slot, List<Obligation> into)
    {
        into.Add(new Obligation(ObligationKind.Callable, (byte)Register.R0));
        int count = input.Helpers[slot]?.Arguments.Length ?? 0;
        ObligationKind kind = ObligationKind.Argument;
        if (input.Callees[slot] is >= 0 and int callee && input.Signatures[callee].IsGlobal)
        {
            kind = ObligationKind.GlobalArgument;
            count = Math.Min(input.Signatures[callee].Parameters.Length, 5);
        }

        for (int argument = 0; argument < count; argument++)
        {
            into.Add(new Obligation(kind, (byte)(argument + 1), Offset: argument));
        }

        if (input.Helpers[slot] is { IsTailCall: true })
        {
            into.Add(new Obligation(ObligationKind.NothingHeld, (byte)Register.R0));
        }
    }
}
