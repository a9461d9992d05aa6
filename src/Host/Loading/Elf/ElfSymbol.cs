using System.Runtime.InteropServices;

namespace Skep.Loading.Elf;

/// <summary><c>Elf64_Sym</c>, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct ElfSymbol
{
    public readonly uint NameOffset;
    private readonly byte _info;
    private readonly byte _other;
    public readonly ushort Section;
    public readonly ulong Value;
    public readonly ulong Size;

    public ElfSymbolType Type => (ElfSymbolType)(_info & 0xf);

    public ElfBinding Binding => (ElfBinding)(_info >> 4);

    /// <summary>Seen only inside its object: local, or of hidden or internal visibility.</summary>
    public bool IsInternal => Binding == ElfBinding.Local || (_other & 3) is 1 or 2;

    public bool IsUndefined => Section == ElfConstants.UndefinedSection;
}

/// <summary><c>Elf64_Rel</c>, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct ElfRelocation
{
    public readonly ulong Offset;
    private readonly ulong _info;

    public ElfRelocationType Type => (ElfRelocationType)(uint)_info;

    public uint Symbol => (uint)(_info >> 32);
}
