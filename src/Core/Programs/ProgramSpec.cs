using System.Collections.Immutable;
using Skep.Btf;
using Skep.Isa;

namespace Skep.Programs;

/// <summary>
/// One program of an object: its main function, then every function that it reaches, joined into one sequence of
/// slots. Calls between them are resolved; whatever the runtime must bind is listed in <see cref="References"/>.
/// </summary>
public sealed record ProgramSpec
{
    /// <summary>The main function's name.</summary>
    public required string Name { get; init; }

    /// <summary>The ELF section, which names the program type and the target: <c>tracepoint/sched/sched_switch</c>.</summary>
    public string Section { get; init; } = "";

    /// <summary>False for a section written with a question mark (<c>SEC("?kprobe")</c>): loaded only when it is asked for by name.</summary>
    public bool IsAutoLoaded { get; init; } = true;

    /// <summary>The object that it came from, for findings; empty for programs made in memory.</summary>
    public string ObjectName { get; init; } = "";

    /// <summary>The object's licence; decides whether GPL-only helpers may be called.</summary>
    public string? License { get; init; }

    public required ImmutableArray<RawInstruction> Instructions { get; init; }

    /// <summary>Sorted by slot, at most one a slot.</summary>
    public ImmutableArray<Reference> References { get; init; } = [];

    /// <summary>Sorted by start, without gaps; the first is the main function. Never empty when read from an object.</summary>
    public ImmutableArray<FunctionSpec> Functions { get; init; } = [];

    /// <summary>Sorted by slot.</summary>
    public ImmutableArray<LineInfo> Lines { get; init; } = [];

    /// <summary>Sorted by slot; kept as they were read, to be applied against a target's types.</summary>
    public ImmutableArray<CoreRelocation> CoreRelocations { get; init; } = [];

    public BtfGraph? Btf { get; init; }

    /// <summary>The source line that <paramref name="slot"/> came from, or null when the object does not say.</summary>
    public SourceLine? LineAt(SlotIndex slot)
    {
        int index = Lines.BinarySearch(new LineInfo(slot, NoLine), LineOrder);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 ? Lines[index].Source : null;
    }

    private static readonly SourceLine NoLine = new("", 0, 0, "");

    private static readonly Comparer<LineInfo> LineOrder = Comparer<LineInfo>.Create((a, b) => a.Slot.CompareTo(b.Slot));
}
