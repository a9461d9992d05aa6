namespace Skep.Loading.Elf;

/// <summary>Numbers of the ELF-64 object file format and of its eBPF supplement (LLVM's <c>R_BPF_*</c>).</summary>
internal static class ElfConstants
{
    public const int HeaderSize = 64;
    public const int SectionHeaderSize = 64;
    public const int SymbolSize = 24;
    public const int RelocationSize = 16;

    public const byte Class64 = 2;
    public const byte LittleEndian = 1;
    public const byte BigEndian = 2;
    public const ushort TypeRelocatable = 1;
    public const ushort MachineBpf = 247;

    public const ushort UndefinedSection = 0;
    public const ushort FirstReservedSection = 0xff00;
}

/// <summary><c>SHT_*</c>.</summary>
internal enum ElfSectionType : uint
{
    Null = 0,
    Program = 1,
    Symbols = 2,
    Strings = 3,
    RelocationsWithAddends = 4,
    NoBits = 8,
    Relocations = 9,
}

/// <summary><c>SHF_*</c>.</summary>
[Flags]
internal enum ElfSectionFlags : ulong
{
    None = 0,
    Executable = 0x4,
    Compressed = 0x800,
}

/// <summary><c>STT_*</c>.</summary>
internal enum ElfSymbolType : byte
{
    None = 0,
    Object = 1,
    Function = 2,
    Section = 3,
    File = 4,
}

/// <summary><c>STB_*</c>.</summary>
internal enum ElfBinding : byte
{
    Local = 0,
    Global = 1,
    Weak = 2,
}

/// <summary><c>R_BPF_*</c>.</summary>
internal enum ElfRelocationType : uint
{
    None = 0,

    /// <summary><c>R_BPF_64_64</c>: the immediate of a 64-bit load.</summary>
    Load64 = 1,

    /// <summary><c>R_BPF_64_ABS64</c>: eight bytes of data.</summary>
    Data64 = 2,

    /// <summary><c>R_BPF_64_32</c>: the immediate of a call.</summary>
    Call = 10,
}
