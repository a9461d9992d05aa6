namespace Skep.Isa;

/// <summary>One 8-byte slot as it stands in an object file (RFC 9669, section 3), little-endian.</summary>
public readonly record struct RawInstruction(ulong Bits)
{
    public byte Opcode => (byte)Bits;

    public byte Destination => (byte)((Bits >> 8) & 0xf);

    public byte Source => (byte)((Bits >> 12) & 0xf);

    public short Offset => (short)(Bits >> 16);

    public int Immediate => (int)(Bits >> 32);

    public static RawInstruction Create(byte opcode, byte destination, byte source, short offset, int immediate)
        => new(opcode | ((ulong)(destination & 0xf) << 8) | ((ulong)(source & 0xf) << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32));
}
