using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>
/// A packet address was compared with the end of the packet (or one in the metadata with the packet's start): in the branch in which it lies before the
/// end, that many bytes are there (find_good_pkt_pointers in kernel/bpf/verifier.c).
/// </summary>
internal static class PacketBranch
{
    // No packet is longer; offsets past it prove nothing, since they may have wrapped.
    private const long MaxPacketOffset = 0xffff;

    /// <summary>What a comparison comes to where the address was compared with the end before.</summary>
    public static BranchVerdict Decide(JumpCondition condition, in RegisterState left, in RegisterState right)
    {
        if (left.Kind == ValueKind.Packet && right.Kind == ValueKind.PacketEnd)
        {
            return Decide(condition, left);
        }

        return left.Kind == ValueKind.PacketEnd && right.Kind == ValueKind.Packet ? Decide(Mirrored(condition), right) : BranchVerdict.Unknown;
    }

    public static void Settle(in Instruction instruction, JumpCondition condition, in RegisterState left, in RegisterState right, VerifierState jumped, VerifierState fellThrough)
    {
        if (IsEndOf(left, right))
        {
            Settle(condition, left, instruction.Destination, jumped, fellThrough);
        }
        else if (IsEndOf(right, left))
        {
            Settle(Mirrored(condition), right, instruction.Source, jumped, fellThrough);
        }
    }

    private static BranchVerdict Decide(JumpCondition condition, in RegisterState address) => (condition, address.Range) switch
    {
        (JumpCondition.GreaterThan, RegisterState.PastEnd) => BranchVerdict.Always,
        (JumpCondition.LessOrEqual, RegisterState.PastEnd) => BranchVerdict.Never,
        (JumpCondition.GreaterOrEqual, RegisterState.PastEnd or RegisterState.AtEnd) => BranchVerdict.Always,
        (JumpCondition.LessThan, RegisterState.PastEnd or RegisterState.AtEnd) => BranchVerdict.Never,
        _ => BranchVerdict.Unknown,
    };

    private static bool IsEndOf(in RegisterState address, in RegisterState end)
        => (address.Kind == ValueKind.Packet && end.Kind == ValueKind.PacketEnd)
            || (address.Kind == ValueKind.PacketMeta && end is { Kind: ValueKind.Packet, HasFixedOffset: true, FixedOffset: 0 });

    private static JumpCondition Mirrored(JumpCondition condition) => condition switch
    {
        JumpCondition.GreaterThan => JumpCondition.LessThan,
        JumpCondition.LessThan => JumpCondition.GreaterThan,
        JumpCondition.GreaterOrEqual => JumpCondition.LessOrEqual,
        JumpCondition.LessOrEqual => JumpCondition.GreaterOrEqual,
        _ => condition,
    };

    private static void Settle(JumpCondition condition, in RegisterState address, int register, VerifierState jumped, VerifierState fellThrough)
    {
        switch (condition)
        {
            case JumpCondition.GreaterThan:
                Prove(fellThrough, address, isBelow: false);
                MarkEnd(jumped, register, RegisterState.PastEnd);
                break;
            case JumpCondition.GreaterOrEqual:
                Prove(fellThrough, address, isBelow: true);
                MarkEnd(jumped, register, RegisterState.AtEnd);
                break;
            case JumpCondition.LessThan:
                Prove(jumped, address, isBelow: true);
                MarkEnd(fellThrough, register, RegisterState.AtEnd);
                break;
            case JumpCondition.LessOrEqual:
                Prove(jumped, address, isBelow: false);
                MarkEnd(fellThrough, register, RegisterState.PastEnd);
                break;
        }
    }

    private static void MarkEnd(VerifierState state, int register, int range)
    {
        ref RegisterState address = ref state.Current.Registers[register];
        if (address.Kind == ValueKind.Packet)
        {
            address.Range = range;
        }
    }

    /// <param name="isBelow">The address is not the end itself, so that the byte at it is there too.</param>
    private static void Prove(VerifierState state, in RegisterState address, bool isBelow)
    {
        ulong most = address.Number.UnsignedMax;
        if (address.Offset < 0 || most > MaxPacketOffset || (long)most + address.Offset > MaxPacketOffset)
        {
            return;
        }

        var visitor = new ProveVisitor(address.Kind, address.Id, address.Offset + (isBelow ? 1 : 0));
        WalkContext.VisitAll(state, ref visitor);
    }

    private readonly struct ProveVisitor(ValueKind kind, int id, int range) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.Kind == kind && register.Id == id)
            {
                register.Range = Math.Max(register.Range, range);
            }
        }
    }
}
