using Skep.Contracts;
using Skep.Verification.Values;

namespace Skep.Verification.State;

/// <summary>
/// What is known of one register or of one spilled register. A plain struct of numbers, so that states are copied as memory; what it refers to
/// is an index into the tables of <see cref="Walk.VerifierInput"/>.
/// </summary>
internal struct RegisterState
{
    /// <summary>A scalar's value; of a pointer the part of the offset that is not fixed.</summary>
    public Scalar Number;

    public ValueKind Kind;

    /// <summary>A pointer that may also be 0; a comparison with 0 decides for all that share <see cref="Id"/>.</summary>
    public bool MayBeNull;

    /// <summary>Of a stack pointer: the index of the frame.</summary>
    public byte Frame;

    /// <summary>Of memory and packets: what the program may do with it.</summary>
    public MemoryAccess Access;

    /// <summary>Of a pointer: the fixed part of the offset, in bytes.</summary>
    public int Offset;

    /// <summary>
    /// Of scalars: those with the same id have the same value, apart from <see cref="Delta"/>. Of pointers that may be null: they are null together.
    /// Of packet pointers: they have the same variable offset. 0 for none.
    /// </summary>
    public int Id;

    /// <summary>Of a scalar with an id: its value is the id's plus this.</summary>
    public int Delta;

    /// <summary>The acquired reference that this came from; 0 for none.</summary>
    public int Reference;

    /// <summary>Of a scalar: where it came from (<see cref="Provenance"/>).</summary>
    public int Node;

    /// <summary>Of a packet pointer's <see cref="Range"/>: it was seen to be the packet's end or past it.</summary>
    public const int AtEnd = -1;

    /// <summary>Of a packet pointer's <see cref="Range"/>: it was seen to be past the packet's end.</summary>
    public const int PastEnd = -2;

    /// <summary>Of packet pointers: bytes from the id's base on that were proved to be there. Of memory: its size. In bytes.</summary>
    public int Range;

    /// <summary>Of maps and what belongs to them: the map's index. Of functions: the index. Of objects and acquired memory: the type name's index.</summary>
    public int Target;

    public readonly bool IsPointer => Kind > ValueKind.Scalar;

    public readonly bool IsScalar => Kind == ValueKind.Scalar;

    public readonly bool IsPacketPart => Kind is ValueKind.Packet or ValueKind.PacketMeta or ValueKind.PacketEnd;

    public readonly bool IsNullConstant => Kind == ValueKind.Scalar && Number.IsConstant && Number.ConstantValue == 0;

    public readonly bool IsConstant => Kind == ValueKind.Scalar && Number.IsConstant;

    /// <summary>A pointer whose offset has no variable part.</summary>
    public readonly bool HasFixedOffset => Number.IsConstant;

    /// <summary>Of a pointer with a fixed offset: all of it, in bytes.</summary>
    public readonly long FixedOffset => Offset + (long)Number.ConstantValue;

    public void SetUninitialized() => this = default;

    public void SetScalar(in Scalar number, int node)
    {
        this = default;
        Kind = ValueKind.Scalar;
        Number = number;
        Node = node;
    }

    public void SetPointer(ValueKind kind, int target = 0)
    {
        this = default;
        Kind = kind;
        Target = target;
        Number = Scalar.Constant(0);
    }

    /// <summary>Forgets with whom it is equal.</summary>
    public void Unlink()
    {
        Id = 0;
        Delta = 0;
    }
}
