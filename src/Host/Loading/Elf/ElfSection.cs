namespace Skep.Loading.Elf;

/// <summary>A section header whose bytes are known to lie inside the file.</summary>
/// <param name="Size">In bytes; of <c>.bss</c>-like sections the size in memory, which the file does not back.</param>
internal sealed record ElfSection(int Index, string Name, ElfSectionType Type, ElfSectionFlags Flags, int Offset, long Size, uint Link, uint Info)
{
    /// <summary>A section with program instructions.</summary>
    public bool IsCode => Type == ElfSectionType.Program && Flags.HasFlag(ElfSectionFlags.Executable);

    /// <summary>Code that only runs when programs call it (libbpf's <c>.text</c>; with -ffunction-sections, <c>.text.name</c>).</summary>
    public bool IsSubprogramCode => IsCode && IsNamed(".text");

    /// <summary>Zeros at the start: <c>.bss</c>.</summary>
    public bool IsZeroData => Type == ElfSectionType.NoBits && IsNamed(".bss");

    public bool IsReadOnlyData => Type == ElfSectionType.Program && IsNamed(".rodata");

    /// <summary>A section that becomes a map.</summary>
    public bool IsData => !IsCode && (IsZeroData || IsReadOnlyData || (Type == ElfSectionType.Program && IsNamed(".data")));

    private bool IsNamed(string prefix)
        => Name.StartsWith(prefix, StringComparison.Ordinal) && (Name.Length == prefix.Length || Name[prefix.Length] == '.');
}
