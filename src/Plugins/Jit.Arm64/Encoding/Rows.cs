namespace Skep.Jit.Arm64.Encoding;

// The encodings in use (Arm Architecture Reference Manual for A-profile, chapter C4): an enumeration for each form of operands, a row for each instruction. A row's value is the
// instruction with all operands 0 and, where there are two widths, the one of 32 bits; its name is the mnemonic of the manual.

/// <summary><c>d, n, m {, shift #amount}</c>.</summary>
internal enum ShiftedRow : uint
{
    And = 0x0a00_0000,
    Bic = 0x0a20_0000,
    Orr = 0x2a00_0000,
    Orn = 0x2a20_0000,
    Eor = 0x4a00_0000,
    Eon = 0x4a20_0000,
    Ands = 0x6a00_0000,
    Bics = 0x6a20_0000,
    Add = 0x0b00_0000,
    Adds = 0x2b00_0000,
    Sub = 0x4b00_0000,
    Subs = 0x6b00_0000,
}

/// <summary><c>d, n, m, extension {#amount}</c>; <c>n</c>, and <c>d</c> of those that set no flags, may be the stack pointer.</summary>
internal enum ExtendedRow : uint
{
    Add = 0x0b20_0000,
    Adds = 0x2b20_0000,
    Sub = 0x4b20_0000,
    Subs = 0x6b20_0000,
}

/// <summary><c>d, n, #immediate {, lsl #12}</c>; <c>n</c>, and <c>d</c> of those that set no flags, may be the stack pointer.</summary>
internal enum AddImmediateRow : uint
{
    Add = 0x1100_0000,
    Adds = 0x3100_0000,
    Sub = 0x5100_0000,
    Subs = 0x7100_0000,
}

/// <summary><c>d, n, #mask</c>; see <see cref="LogicalImmediate"/>.</summary>
internal enum LogicalImmediateRow : uint
{
    And = 0x1200_0000,
    Orr = 0x3200_0000,
    Eor = 0x5200_0000,
    Ands = 0x7200_0000,
}

/// <summary><c>d, #immediate {, lsl #amount}</c>.</summary>
internal enum MoveWideRow : uint
{
    Movn = 0x1280_0000,
    Movz = 0x5280_0000,
    Movk = 0x7280_0000,
}

/// <summary><c>d, n, #rotate, #last</c>.</summary>
internal enum BitfieldRow : uint
{
    Sbfm = 0x1300_0000,
    Bfm = 0x3300_0000,
    Ubfm = 0x5300_0000,
}

/// <summary><c>d, n, m, #lsb</c>.</summary>
internal enum ExtractRow : uint
{
    Extr = 0x1380_0000,
}

/// <summary><c>d, n, m</c>.</summary>
internal enum TwoSourceRow : uint
{
    Udiv = 0x1ac0_0800,
    Sdiv = 0x1ac0_0c00,
    Lsl = 0x1ac0_2000,
    Lsr = 0x1ac0_2400,
    Asr = 0x1ac0_2800,
    Ror = 0x1ac0_2c00,
}

/// <summary><c>d, n</c>.</summary>
internal enum OneSourceRow : uint
{
    Rbit = 0x5ac0_0000,
    Rev16 = 0x5ac0_0400,

    /// <summary>Swaps the bytes of each 32 bits.</summary>
    Rev32 = 0x5ac0_0800,

    /// <summary>64 bits only.</summary>
    Rev = 0x5ac0_0c00,
    Clz = 0x5ac0_1000,
}

/// <summary><c>d, n, m, a</c>: a plus or minus n times m.</summary>
internal enum ThreeSourceRow : uint
{
    Madd = 0x1b00_0000,
    Msub = 0x1b00_8000,

    // 64 bits from 32 by 32 bits; the row of 32 bits does not exist.
    Smaddl = 0x1b20_0000,
    Umaddl = 0x1ba0_0000,
}

/// <summary><c>d, n, m</c>, 64 bits only: the upper half of the product.</summary>
internal enum HighProductRow : uint
{
    Smulh = 0x9b40_7c00,
    Umulh = 0x9bc0_7c00,
}

/// <summary><c>d, n, m, condition</c>: n if it holds, else m as it is, plus 1, inverted or negated.</summary>
internal enum SelectRow : uint
{
    Csel = 0x1a80_0000,
    Csinc = 0x1a80_0400,
    Csinv = 0x5a80_0000,
    Csneg = 0x5a80_0400,
}

/// <summary><c>t, [n ...]</c>: size and kind of an access; where the bits of the address go is said by <see cref="AddressForm"/>.</summary>
internal enum MemoryRow : uint
{
    Strb = 0x0000_0000,
    Ldrb = 0x0040_0000,
    Ldrsb = 0x0080_0000,
    Strh = 0x4000_0000,
    Ldrh = 0x4040_0000,
    Ldrsh = 0x4080_0000,
    StrWord = 0x8000_0000,
    LdrWord = 0x8040_0000,
    Ldrsw = 0x8080_0000,
    Str = 0xc000_0000,
    Ldr = 0xc040_0000,
}

/// <summary>The bits that say how a <see cref="MemoryRow"/> finds its address.</summary>
internal enum AddressForm : uint
{
    /// <summary><c>[n, #offset]</c>: 0 to 4095 times the size.</summary>
    Scaled = 0x3900_0000,

    /// <summary><c>[n, #offset]</c>: -256 to 255.</summary>
    Unscaled = 0x3800_0000,

    /// <summary><c>[n, m, extension {#amount}]</c>.</summary>
    Register = 0x3820_0800,

    /// <summary><c>[n], #offset</c>: -256 to 255, added to n behind the access.</summary>
    After = 0x3800_0400,

    /// <summary><c>[n, #offset]!</c>: -256 to 255, added to n before the access.</summary>
    Before = 0x3800_0c00,
}

/// <summary><c>t, u, [n ...]</c> with an offset of -64 to 63 times the size.</summary>
internal enum PairRow : uint
{
    StpWord = 0x2900_0000,
    LdpWord = 0x2940_0000,
    Stp = 0xa900_0000,
    Ldp = 0xa940_0000,
    StpAfter = 0xa880_0000,
    LdpAfter = 0xa8c0_0000,
    StpBefore = 0xa980_0000,
    LdpBefore = 0xa9c0_0000,

    /// <summary>Of 16-byte registers.</summary>
    StpVector = 0xad00_0000,
}

/// <summary><c>s, t, [n]</c>, acquiring and releasing, in FEAT_LSE: memory becomes itself operator s, t becomes what was there. Compare and swap: s is compared and becomes what was there.</summary>
internal enum AtomicRow : uint
{
    Ldaddal = 0xb8e0_0000,
    Ldclral = 0xb8e0_1000,
    Ldeoral = 0xb8e0_2000,
    Ldsetal = 0xb8e0_3000,
    Swpal = 0xb8e0_8000,
    Casal = 0x88e0_fc00,
}

/// <summary><c>t, [n]</c>, and <c>s, t, [n]</c> of the exclusive stores, where s becomes 0 when it has stored.</summary>
internal enum OrderedRow : uint
{
    Ldarb = 0x08df_fc00,
    Ldarh = 0x48df_fc00,
    LdarWord = 0x88df_fc00,
    Ldar = 0xc8df_fc00,
    Stlrb = 0x089f_fc00,
    Stlrh = 0x489f_fc00,
    StlrWord = 0x889f_fc00,
    Stlr = 0xc89f_fc00,
    LdaxrWord = 0x885f_fc00,
    Ldaxr = 0xc85f_fc00,
    StlxrWord = 0x8800_fc00,
    Stlxr = 0xc800_fc00,
}

/// <summary>Branches to places in the code: what <see cref="BranchForms"/> completes. Rows with a register take it in bits 0 to 4, conditions too.</summary>
internal enum BranchRow : uint
{
    B = 0x1400_0000,
    Bl = 0x9400_0000,
    BCondition = 0x5400_0000,
    Cbz = 0x3400_0000,
    Cbnz = 0x3500_0000,
    Tbz = 0x3600_0000,
    Tbnz = 0x3700_0000,

    /// <summary>Not a branch, but with a distance as they have it: loads 8 bytes of the code.</summary>
    LdrLiteral = 0x5800_0000,
}

/// <summary><c>n</c>.</summary>
internal enum RegisterBranchRow : uint
{
    Br = 0xd61f_0000,
    Blr = 0xd63f_0000,
    Ret = 0xd65f_0000,
}

/// <summary>No operand.</summary>
internal enum PlainRow : uint
{
    Nop = 0xd503_201f,

    /// <summary>Where indirect calls may arrive; nothing on processors without FEAT_BTI.</summary>
    BtiC = 0xd503_245f,

    /// <summary>A full barrier among all processors.</summary>
    DmbIsh = 0xd503_3bbf,
    Brk = 0xd420_0000,

    /// <summary><c>movi v0.2d, #0</c>.</summary>
    ClearV0 = 0x6f00_e400,
}
