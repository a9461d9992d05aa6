using System.Buffers.Binary;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Encoding;

/// <summary>
/// Branches with their distance. The long form of a conditional one is its opposite around a <c>b</c>, that of a literal load computes the address; <c>b</c> and <c>bl</c> reach
/// 128 MiB and have one form. A branch is a <see cref="BranchRow"/> with its register or condition in place.
/// </summary>
internal readonly struct BranchForms : IBranchForms
{
    /// <summary>The long form of a literal load needs a register besides its own.</summary>
    private const MachineRegister Distance = X17;
    private const int WordBytes = 4;
    private const int LiteralWords = 4;
    private const long FarReach = 1 << 27;
    private const long Reach = 1 << 20;
    private const long TestReach = 1 << 15;

    public static int Size(uint branch, bool isShort) => KindOf(branch) switch
    {
        Kind.Far => WordBytes,
        Kind.Literal => isShort ? WordBytes : LiteralWords * WordBytes,
        _ => isShort ? WordBytes : 2 * WordBytes,
    };

    public static bool FitsShort(uint branch, long distance, bool isForward)
    {
        long reach = KindOf(branch) switch
        {
            Kind.Far => FarReach,
            Kind.Test => TestReach,
            _ => Reach,
        };
        return distance >= -reach && distance < reach;
    }

    public static void Write(Span<byte> place, uint branch, bool isShort, long distance)
    {
        Kind kind = KindOf(branch);
        if (kind == Kind.Far)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(place, Far(branch, distance));
        }
        else if (isShort)
        {
            uint field = (uint)(distance >> 2) & (kind == Kind.Test ? 0x3fffU : 0x7_ffffU);
            BinaryPrimitives.WriteUInt32LittleEndian(place, branch | field << 5);
        }
        else if (kind == Kind.Literal)
        {
            WriteFarLiteral(place, (MachineRegister)(branch & 31), distance);
        }
        else
        {
            // The opposite skips the branch that reaches.
            uint opposite = kind == Kind.Condition ? branch ^ 1 : branch ^ 1U << 24;
            BinaryPrimitives.WriteUInt32LittleEndian(place, opposite | 2U << 5);
            BinaryPrimitives.WriteUInt32LittleEndian(place[WordBytes..], Far((uint)BranchRow.B, distance - WordBytes));
        }
    }

    public static void Pad(Span<byte> gap)
    {
        for (; gap.Length >= WordBytes; gap = gap[WordBytes..])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(gap, (uint)PlainRow.Nop);
        }
    }

    private static uint Far(uint branch, long distance)
    {
        if (distance is < -FarReach or >= FarReach)
        {
            throw new NotSupportedException($"A branch over {distance} bytes; the back end's reach is {FarReach}.");
        }

        return branch | ((uint)(distance >> 2) & 0x3ff_ffff);
    }

    private static void WriteFarLiteral(Span<byte> place, MachineRegister register, long distance)
    {
        uint address = 0x1000_0000 | (uint)register;
        BinaryPrimitives.WriteUInt32LittleEndian(place, address);
        BinaryPrimitives.WriteUInt32LittleEndian(place[4..], Encoder.Of(MoveWideRow.Movz, true, Distance, (ushort)distance, 0));
        BinaryPrimitives.WriteUInt32LittleEndian(place[8..], Encoder.Of(MoveWideRow.Movk, true, Distance, (ushort)(distance >> 16), 1));
        BinaryPrimitives.WriteUInt32LittleEndian(place[12..], Encoder.Of(MemoryRow.Ldr, register, register, Distance, Extension.SignedWord, false));
    }

    private static Kind KindOf(uint branch) => (branch >> 24 & 0x7f) switch
    {
        0x14 => Kind.Far,
        0x54 => Kind.Condition,
        0x36 or 0x37 => Kind.Test,
        0x58 => Kind.Literal,
        _ => Kind.Compare,
    };

    private enum Kind
    {
        Far,
        Condition,
        Compare,
        Test,
        Literal,
    }
}
