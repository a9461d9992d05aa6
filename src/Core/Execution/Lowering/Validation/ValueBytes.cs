using System.Runtime.Intrinsics;

namespace Skep.Execution.Lowering.Validation;

/// <summary>A 64-bit value as its eight bytes, the lowest first: each a known number (0 to 255) or a byte of a <see cref="Terms">term</see>.</summary>
internal readonly struct ValueBytes(Vector256<int> bytes) : IEquatable<ValueBytes>
{
    public const int Length = 8;

    private readonly Vector256<int> _bytes = bytes;

    public int this[int index] => _bytes.GetElement(index);

    public static ValueBytes From(ReadOnlySpan<int> bytes) => new(Vector256.Create(bytes));

    public bool Equals(ValueBytes other) => _bytes == other._bytes;

    public override bool Equals(object? obj) => obj is ValueBytes other && Equals(other);

    public override int GetHashCode()
    {
        Vector256<ulong> words = _bytes.AsUInt64();
        ulong hash = (words.GetElement(0) * 0x9E37_79B9_7F4A_7C15) ^ (words.GetElement(1) * 0xC2B2_AE3D_27D4_EB4F);
        hash = (hash ^ (hash >> 29) ^ words.GetElement(2)) * 0x1656_67B1_9E37_79F9;
        hash = (hash ^ (hash >> 32) ^ words.GetElement(3)) * 0x9E37_79B9_7F4A_7C15;
        return (int)(hash >> 32);
    }
}
