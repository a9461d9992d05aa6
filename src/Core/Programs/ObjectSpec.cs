using System.Collections.Immutable;
using Skep.Btf;

namespace Skep.Programs;

/// <summary>What an object file says, as immutable data; the same file gives the same value on any system.</summary>
public sealed record ObjectSpec
{
    /// <summary>The object's name as findings and dumps show it: the file's name as the caller gave it.</summary>
    public required string Name { get; init; }

    /// <summary>The text of the <c>license</c> section, without its terminator; null when there is none.</summary>
    public string? License { get; init; }

    /// <summary>The number in the <c>version</c> section (KERNEL_VERSION form); null when there is none.</summary>
    public uint? KernelVersion { get; init; }

    /// <summary>In the order of the sections and, within one, of the addresses.</summary>
    public required ImmutableArray<ProgramSpec> Programs { get; init; }

    /// <summary>Defined maps and data sections, each name once.</summary>
    public required ImmutableArray<MapSpec> Maps { get; init; }

    /// <summary>The type information of the <c>.BTF</c> section; null when the object has none.</summary>
    public BtfGraph? Btf { get; init; }

    /// <summary>Names of programs that program arrays hold from the start: they take the place of others, and no event need run them.</summary>
    public IEnumerable<string> TailCallTargets => Maps.SelectMany(map => map.Slots).Select(slot => slot.ObjectName).Where(name => FindProgram(name) is not null).Distinct();

    public ProgramSpec? FindProgram(string name) => Programs.FirstOrDefault(program => program.Name == name);

    public MapSpec? FindMap(string name) => Maps.FirstOrDefault(map => map.Name == name);
}
