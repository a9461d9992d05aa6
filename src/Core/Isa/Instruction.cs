using System.Runtime.InteropServices;

namespace Skep.Isa;

/// <summary>
/// A decoded instruction: 16 bytes, laid out in the order of the parameters. Fields that the operation does not use are
/// 0, and so are fields whose bits only select the operation (offset 1 of a signed division, immediate of an atomic).
/// </summary>
/// <param name="Destination">Register 0 to 10.</param>
/// <param name="Source">Register 0 to 10.</param>
/// <param name="Offset">
/// Displacement of a memory access in bytes, or of a branch or local call in slots counted from the next slot. Wider
/// than the 16 bits of most encodings because <c>gotol</c> and local calls keep theirs in the 32-bit immediate.
/// </param>
/// <param name="Immediate">
/// The sign-extended 32-bit immediate; for the two-slot loads all 64 bits (first slot low, second slot high); for
/// <see cref="Operation.Invalid"/> and <see cref="Operation.Continuation"/> the raw bits of the slot.
/// </param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Instruction(Operation Operation, byte Destination, byte Source, int Offset, long Immediate)
{
    public OpcodeRow Row => OpcodeTable.Row(Operation);

    /// <summary>The immediate of the first slot of a two-slot load: a descriptor, an index, a BTF id, or a function's
    /// displacement in slots from the next slot of the program.</summary>
    public int LowImmediate => (int)Immediate;

    /// <summary>The immediate of the second slot of a two-slot load: the byte offset into a map value, a BTF object.</summary>
    public int HighImmediate => (int)(Immediate >> 32);

    /// <summary>Every register that is read when this is executed; a call is taken to read all five arguments.</summary>
    public RegisterSet Reads
    {
        get
        {
            OpcodeRow row = Row;
            RegisterSet set = row.ImplicitReads;
            set = row.ReadsDestination ? set.With(Destination) : set;
            return row.ReadsSource ? set.With(Source) : set;
        }
    }

    /// <summary>Every register that no longer has its value afterwards, the ones that a call clobbers included.</summary>
    public RegisterSet Writes
    {
        get
        {
            OpcodeRow row = Row;
            RegisterSet set = row.ImplicitWrites;
            set = row.WritesDestination ? set.With(Destination) : set;
            return row.WritesSource ? set.With(Source) : set;
        }
    }

    /// <summary>The slot that a branch or local call at <paramref name="slot"/> goes to; may lie outside the program.</summary>
    public long TargetFrom(int slot) => (long)slot + 1 + Offset;

    /// <summary>The text of the printer, without names.</summary>
    public override string ToString() => InstructionPrinter.Text(this);
}
