namespace Skep.Jit.X64.Encoding;

/// <summary>What operands an encoding has. "Operand" is the one of the ModRM byte that may be memory.</summary>
internal enum EncodingForm : byte
{
    /// <summary>No operand.</summary>
    Plain,

    /// <summary>The operand only.</summary>
    Operand,

    /// <summary>The register, then the operand.</summary>
    RegisterOperand,

    /// <summary>The operand, then the register.</summary>
    OperandRegister,

    /// <summary>The operand, then an immediate of 8 bits that is sign-extended or a count.</summary>
    OperandImmediate8,

    /// <summary>The operand, then an immediate of the operand's size, at most 32 bits that are sign-extended.</summary>
    OperandImmediate,

    /// <summary>The operand, then the register CL.</summary>
    OperandCount,

    /// <summary>The register, the operand, an immediate of 8 bits that is sign-extended or a count.</summary>
    RegisterOperandImmediate8,

    /// <summary>The register, the operand, an immediate of 32 bits.</summary>
    RegisterOperandImmediate,

    /// <summary>The register, the operand, a further register (VEX).</summary>
    RegisterOperandSecond,

    /// <summary>The register, a further register, the operand (VEX).</summary>
    RegisterSecondOperand,
}

/// <summary>What goes before an opcode of more than one byte.</summary>
internal enum OpcodeMap : byte
{
    One,
    Escape0F,
    Escape0F38,
    Escape0F3A,
}

/// <summary>Widths that an encoding exists in.</summary>
[Flags]
internal enum Widths : byte
{
    Byte = Width.Byte,
    Word = Width.Word,
    Double = Width.Double,
    Quad = Width.Quad,
    DoubleQuad = Double | Quad,
    WordUp = Word | Double | Quad,
    All = Byte | Word | Double | Quad,
}

/// <summary>One encoding: all bytes of an instruction that do not depend on its operands.</summary>
/// <param name="Mnemonic">As in the manuals.</param>
/// <param name="Opcode">For the width of a byte, bit 0 is 0 (where <see cref="Widths"/> has that width).</param>
/// <param name="Extension">The digit in the ModRM byte's register field, where no register is there.</param>
internal sealed record EncodingRow(string Mnemonic, EncodingForm Form, byte Opcode, Widths Widths, OpcodeMap Map = OpcodeMap.One, byte Extension = 0)
{
    /// <summary>The mandatory prefix: 0, 0x66, 0xf2 or 0xf3; with <see cref="IsVex"/> inside the VEX prefix.</summary>
    public byte Prefix { get; init; }

    public bool IsVex { get; init; }

    /// <summary>The width of the operand where it is not that of the instruction (movzx and its like).</summary>
    public Width? OperandWidth { get; init; }

    /// <summary>64 bits need no prefix (push, pop, call).</summary>
    public bool IsQuadByNature { get; init; }

    /// <summary>The operand is memory only.</summary>
    public bool IsMemoryOnly { get; init; }

    /// <summary>The register of the ModRM byte is one of SSE.</summary>
    public bool IsVector { get; init; }

    /// <summary>The bytes of its immediate, for an operand of <paramref name="width"/>.</summary>
    public int ImmediateSize(Width width) => Form switch
    {
        EncodingForm.OperandImmediate8 or EncodingForm.RegisterOperandImmediate8 => 1,
        EncodingForm.OperandImmediate or EncodingForm.RegisterOperandImmediate => Math.Min((int)width, 4),
        _ => 0,
    };
}
