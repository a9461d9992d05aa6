using System.Buffers.Binary;
using Skep.Jit.Code;

namespace Skep.Jit.X64.Encoding;

/// <summary>Writes instructions: a row of the table with operands. It takes the shortest displacement; which row is the shortest is the caller's to know.</summary>
internal readonly struct Encoder(CodeBuffer code)
{
    private const int MostBytes = 16;

    internal CodeBuffer Code => code;

    /// <summary>An instruction without operands.</summary>
    internal void Plain(EncodingRow row, Width width)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int at = 0;
        if (width == Width.Quad)
        {
            place[at++] = 0x48;
        }

        place[at++] = row.Opcode;
        code.Commit(at);
    }

    /// <summary>An instruction whose operand is a register.</summary>
    /// <param name="register">The register of <see cref="EncodingForm.RegisterOperand"/> and its like; not looked at where there is none.</param>
    /// <param name="second">The further register of VEX.</param>
    internal void Emit(
        EncodingRow row, Width width, MachineRegister register, MachineRegister operand, int immediate = 0, MachineRegister second = MachineRegister.Rax)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int digit = HasRegister(row) ? (int)register : row.Extension;
        int at = Prefixes(place, row, width, digit, (int)operand, 0, (int)second, NeedsRexForByte(row, width, digit, (int)operand));
        place[at++] = (byte)(0xc0 | (digit & 7) << 3 | ((int)operand & 7));
        code.Commit(Immediate(place, at, row, width, immediate));
    }

    /// <summary>An instruction whose operand is memory.</summary>
    internal void Emit(
        EncodingRow row, Width width, MachineRegister register, in MemoryOperand operand, int immediate = 0, MachineRegister second = MachineRegister.Rax)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int digit = HasRegister(row) ? (int)register : row.Extension;
        int index = operand.Index == MachineRegister.None ? 0 : (int)operand.Index;
        int origin = operand.Base == MachineRegister.None ? 0 : (int)operand.Base;
        int at = Prefixes(place, row, width, digit, origin, index, (int)second, NeedsRexForByte(row, width, digit, 0));
        at = Address(place, at, digit, operand);
        code.Commit(Immediate(place, at, row, width, immediate));
    }

    /// <summary>The prefix that makes the next instruction one step for all processors.</summary>
    internal void Lock() => Byte(0xf0);

    internal void Push(MachineRegister register) => WithRegisterInOpcode(0x50, register);

    internal void Pop(MachineRegister register) => WithRegisterInOpcode(0x58, register);

    internal void SwapBytes(Width width, MachineRegister register)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int at = Rex(place, 0, width == Width.Quad, 0, 0, (int)register, false);
        place[at++] = 0x0f;
        place[at++] = (byte)(0xc8 + ((int)register & 7));
        code.Commit(at);
    }

    /// <summary>A move of 32 bits, which clears the upper half.</summary>
    internal void MoveImmediate32(MachineRegister register, uint value)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int at = Rex(place, 0, false, 0, 0, (int)register, false);
        place[at++] = (byte)(0xb8 + ((int)register & 7));
        BinaryPrimitives.WriteUInt32LittleEndian(place[at..], value);
        code.Commit(at + 4);
    }

    /// <summary>A move of 64 bits in their full length; the immediate is the last thing that is appended.</summary>
    internal void MoveImmediate64(MachineRegister register, ulong value)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int at = Rex(place, 0, true, 0, 0, (int)register, false);
        place[at++] = (byte)(0xb8 + ((int)register & 7));
        BinaryPrimitives.WriteUInt64LittleEndian(place[at..], value);
        code.Commit(at + 8);
    }

    private void Byte(byte value)
    {
        code.Reserve(1)[0] = value;
        code.Commit(1);
    }

    private void WithRegisterInOpcode(byte opcode, MachineRegister register)
    {
        Span<byte> place = code.Reserve(MostBytes);
        int at = Rex(place, 0, false, 0, 0, (int)register, false);
        place[at++] = (byte)(opcode + ((int)register & 7));
        code.Commit(at);
    }

    private static bool HasRegister(EncodingRow row) => row.Form is EncodingForm.RegisterOperand or EncodingForm.OperandRegister
        or >= EncodingForm.RegisterOperandImmediate8;

    /// <summary>The low bytes of RSP, RBP, RSI and RDI exist only with a REX prefix.</summary>
    private static bool NeedsRexForByte(EncodingRow row, Width width, int register, int operand)
        => (width == Width.Byte && HasRegister(row) && register is >= 4 and < 8)
            || ((row.OperandWidth ?? width) == Width.Byte && operand is >= 4 and < 8);

    private static int Prefixes(Span<byte> place, EncodingRow row, Width width, int register, int operand, int index, int second, bool forced)
    {
        int at = 0;
        bool isQuad = width == Width.Quad && !row.IsQuadByNature;
        if (row.IsVex)
        {
            int further = row.Form is EncodingForm.RegisterOperandSecond or EncodingForm.RegisterSecondOperand ? second : 0;
            int mandatory = row.Prefix switch { 0x66 => 1, 0xf3 => 2, 0xf2 => 3, _ => 0 };
            place[at++] = 0xc4;
            place[at++] = (byte)((~register & 8) << 4 | (~index & 8) << 3 | (~operand & 8) << 2 | (int)row.Map);
            place[at++] = (byte)((isQuad ? 0x80 : 0) | (~further & 15) << 3 | mandatory);
            place[at++] = row.Opcode;
            return at;
        }

        if (width == Width.Word)
        {
            place[at++] = 0x66;
        }

        if (row.Prefix != 0)
        {
            place[at++] = row.Prefix;
        }

        at = Rex(place, at, isQuad, register, index, operand, forced);
        if (row.Map != OpcodeMap.One)
        {
            place[at++] = 0x0f;
        }

        if (row.Map > OpcodeMap.Escape0F)
        {
            place[at++] = row.Map == OpcodeMap.Escape0F38 ? (byte)0x38 : (byte)0x3a;
        }

        place[at++] = width == Width.Byte && row.Widths != 0 ? (byte)(row.Opcode & ~1) : row.Opcode;
        return at;
    }

    private static int Rex(Span<byte> place, int at, bool isQuad, int register, int index, int operand, bool forced)
    {
        int bits = (isQuad ? 8 : 0) | (register & 8) >> 1 | (index & 8) >> 2 | (operand & 8) >> 3;
        if (bits != 0 || forced)
        {
            place[at++] = (byte)(0x40 | bits);
        }

        return at;
    }

    private static int Address(Span<byte> place, int at, int digit, in MemoryOperand operand)
    {
        int register = (digit & 7) << 3;
        int displacement = operand.Displacement;
        if (operand.Base == MachineRegister.None)
        {
            place[at++] = (byte)(register | 4);
            place[at++] = (byte)(operand.Shift << 6 | ((int)operand.Index & 7) << 3 | 5);
            return Displacement32(place, at, displacement);
        }

        int origin = (int)operand.Base & 7;

        // Mode 0 with RBP or R13 means no base, so these get a displacement of 0.
        int mode = displacement == 0 && origin != 5 ? 0 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        if (operand.Index != MachineRegister.None)
        {
            place[at++] = (byte)(mode | register | 4);
            place[at++] = (byte)(operand.Shift << 6 | ((int)operand.Index & 7) << 3 | origin);
        }
        else if (origin == 4)
        {
            place[at++] = (byte)(mode | register | 4);
            place[at++] = 0x24;
        }
        else
        {
            place[at++] = (byte)(mode | register | origin);
        }

        if (mode == 0x40)
        {
            place[at++] = (byte)(sbyte)displacement;
        }

        return mode == 0x80 ? Displacement32(place, at, displacement) : at;
    }

    private static int Displacement32(Span<byte> place, int at, int displacement)
    {
        BinaryPrimitives.WriteInt32LittleEndian(place[at..], displacement);
        return at + 4;
    }

    private static int Immediate(Span<byte> place, int at, EncodingRow row, Width width, int immediate)
    {
        switch (row.ImmediateSize(width))
        {
            case 1:
                place[at] = (byte)immediate;
                return at + 1;
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(place[at..], (short)immediate);
                return at + 2;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(place[at..], immediate);
                return at + 4;
            default:
                return at;
        }
    }
}
