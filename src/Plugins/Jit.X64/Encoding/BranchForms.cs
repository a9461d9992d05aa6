using System.Buffers.Binary;
using Skep.Jit.Code;

namespace Skep.Jit.X64.Encoding;

/// <summary>Jumps with displacements of 8 or 32 bits; calls with 32.</summary>
internal readonly struct BranchForms : IBranchForms
{
    internal const uint Jump = 0x100;
    internal const uint Call = 0x101;

    /// <summary>The branch of a conditional jump.</summary>
    internal static uint JumpIf(Condition condition) => (uint)condition;

    public static int Size(uint branch, bool isShort) => isShort ? 2 : branch >= Jump ? 5 : 6;

    public static bool FitsShort(uint branch, long distance, bool isForward)
        => branch != Call && (isForward ? distance - Size(branch, isShort: false) <= sbyte.MaxValue : distance - 2 >= sbyte.MinValue);

    public static void Write(Span<byte> place, uint branch, bool isShort, long distance)
    {
        var displacement = (int)(distance - place.Length);
        if (isShort)
        {
            place[0] = branch == Jump ? (byte)0xeb : (byte)(0x70 + branch);
            place[1] = (byte)(sbyte)displacement;
            return;
        }

        int opcodes = 1;
        if (branch >= Jump)
        {
            place[0] = branch == Jump ? (byte)0xe9 : (byte)0xe8;
        }
        else
        {
            place[0] = 0x0f;
            place[1] = (byte)(0x80 + branch);
            opcodes = 2;
        }

        BinaryPrimitives.WriteInt32LittleEndian(place[opcodes..], displacement);
    }

    /// <summary>The recommended sequences of nop (both manuals, entry NOP).</summary>
    public static void Pad(Span<byte> gap)
    {
        while (!gap.IsEmpty)
        {
            int length = Math.Min(gap.Length, 9);
            Nop(length).CopyTo(gap);
            gap = gap[length..];
        }
    }

    private static ReadOnlySpan<byte> Nop(int length) => length switch
    {
        1 => [0x90],
        2 => [0x66, 0x90],
        3 => [0x0f, 0x1f, 0x00],
        4 => [0x0f, 0x1f, 0x40, 0x00],
        5 => [0x0f, 0x1f, 0x44, 0x00, 0x00],
        6 => [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
        7 => [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
        8 => [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        _ => [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    };
}
