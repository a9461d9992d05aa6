using System.Collections.Immutable;

namespace Skep.Isa;

/// <summary>
/// Every operation of the instruction set: RFC 9669 with all its conformance groups, the operations of clang's
/// <c>-mcpu=v4</c>, and Linux's may_goto, callx, load-acquire and store-release.
/// </summary>
public static class OpcodeTable
{
    private static readonly ImmutableArray<OpcodeRow>[] ByOpcode = IndexByOpcode();

    /// <summary>Indexed by <see cref="Operation"/>.</summary>
    public static ImmutableArray<OpcodeRow> Rows => OpcodeRows.All;

    public static OpcodeRow Row(Operation operation) => OpcodeRows.All[(int)operation];

    /// <summary>The operations that share an opcode byte and differ in other fields; empty where the byte is unknown.</summary>
    public static ImmutableArray<OpcodeRow> WithOpcode(byte opcode) => ByOpcode[opcode];

    private static ImmutableArray<OpcodeRow>[] IndexByOpcode()
    {
        var index = new ImmutableArray<OpcodeRow>[256];
        Array.Fill(index, []);
        foreach (OpcodeRow row in OpcodeRows.All)
        {
            if (row.Shape is not (InstructionShape.Invalid or InstructionShape.Continuation))
            {
                index[row.Opcode] = index[row.Opcode].Add(row);
            }
        }

        return index;
    }
}
