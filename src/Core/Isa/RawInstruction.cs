using System.Buffers.Binary;

namespace Skep.Isa;

/// <summary>
/// One 8-byte slot as it is in an object file, read as a little-endian number: opcode in bits 0-7, destination register
/// in 8-11, source register in 12-15, signed offset in 16-31, signed immediate in 32-63 (RFC 9669, section 3.1).
/// </summary>
public readonly record struct RawInstruction(ulong Bits)
{
    /// <summary>Bytes of one slot.</summary>
    public const int Size = 8;

    public byte Opcode => (byte)Bits;

    /// <summary>0 to 15; what is above 10 names no register.</summary>
    public byte Destination => (byte)(Bits >> 8 & 0xf);

    /// <summary>0 to 15; what is above 10 names no register.</summary>
    public byte Source => (byte)(Bits >> 12 & 0xf);

    public short Offset => (short)(Bits >> 16);

    public int Immediate => (int)(Bits >> 32);

    /// <summary>Only the low four bits of <paramref name="destination"/> and <paramref name="source"/> are used.</summary>
    public static RawInstruction Create(byte opcode, byte destination, byte source, short offset, int immediate) =>
        new(opcode
            | (ulong)(destination & 0xf) << 8
            | (ulong)(source & 0xf) << 12
            | (ulong)(ushort)offset << 16
            | (ulong)(uint)immediate << 32);

    /// <summary>Reads whole slots from little-endian bytes.</summary>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Size"/>.</exception>
    public static RawInstruction[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % Size != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes are not a whole number of {Size}-byte slots.", nameof(bytes));
        }

        var slots = new RawInstruction[bytes.Length / Size];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            slots[slot] = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[(slot * Size)..]));
        }

        return slots;
    }
}
