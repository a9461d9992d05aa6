namespace Skep.Loading;

/// <summary>
/// The most that an object file may ask for; one more gives a finding of rule SKEP1006. What the limits leave open is
/// bounded by the file's own size.
/// </summary>
public sealed record LoadingLimits
{
    public static readonly LoadingLimits Default = new();

    /// <summary>Size of the file, in bytes.</summary>
    public int ObjectBytes { get; init; } = 64 << 20;

    public int Sections { get; init; } = 16_384;

    /// <summary>Entries of the symbol table, its null symbol counted too.</summary>
    public int Symbols { get; init; } = 1_000_000;

    /// <summary>Entries of all relocation sections that are read (code and map definitions).</summary>
    public int Relocations { get; init; } = 1_000_000;

    /// <summary>Types of <c>.BTF</c>, void not counted.</summary>
    public int Types { get; init; } = 1_000_000;

    /// <summary>How deep types may contain each other by value, typedefs and qualifiers counted; at most <see cref="Skep.Btf.BtfGraph.MaximumDepth"/>.</summary>
    public int TypeDepth { get; init; } = 64;

    /// <summary>Text that may be read from a string table, as a multiple of the table's size (names may share their ends).</summary>
    public int StringExpansion { get; init; } = 16;

    /// <summary>Slots of one program, with every function that it reaches.</summary>
    public int InstructionsPerProgram { get; init; } = 1_000_000;

    /// <summary>Slots of all programs together: functions that many programs share are counted in each.</summary>
    public int InstructionsPerObject { get; init; } = 2_000_000;

    /// <summary>Maps, data sections among them.</summary>
    public int Maps { get; init; } = 4_096;

    /// <summary>Elements of a map that the object fills in (<c>.values</c>), counted by the highest index.</summary>
    public int MapSlots { get; init; } = 1_000_000;

    /// <summary>Value size of a data section's map, in bytes.</summary>
    public int DataSectionBytes { get; init; } = 64 << 20;

    /// <summary>Findings that are kept; the rest is counted.</summary>
    public int Findings { get; init; } = 100;
}
