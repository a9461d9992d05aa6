using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Cli.Jited;

/// <summary>A program's compiled code with the eBPF and C lines that it stems from, as data: text and JSON are written from the same groups.</summary>
internal sealed class JitedDump
{
    private readonly FrozenDictionary<int, DumpEntry> _entries;
    private readonly LoweredProgram _program;
    private readonly HashSet<int> _opened = [];
    private readonly ImmutableArray<JitedGroup>.Builder _groups = ImmutableArray.CreateBuilder<JitedGroup>();
    private int _function = -1;
    private SourceLine? _source;

    private JitedDump(LoadedProgram program, JitBackendDescriptor backend, CompiledListing listing)
    {
        Program = program;
        Backend = backend;
        Listing = listing;
        _program = program.Lowered;
        _entries = ProgramDump.OfLinked(_program.Verified.Linked).Entries.ToFrozenDictionary(entry => entry.Slot.Value);
        Group();
        Groups = _groups.ToImmutable();
    }

    public LoadedProgram Program { get; }

    public JitBackendDescriptor Backend { get; }

    public CompiledListing Listing { get; }

    public ImmutableArray<JitedGroup> Groups { get; }

    public static JitedDump Of(LoadedProgram program, JitBackendDescriptor backend, CompiledListing listing) => new(program, backend, listing);

    /// <summary>Lowering may make several instructions of one, or one of several: lines that stem from the same original one after the other are one group.</summary>
    private void Group()
    {
        int at = 0;
        while (at < Listing.Lines.Length)
        {
            SlotIndex? slot = Listing.Lines[at].Slot;
            int? original = OriginalOf(slot);
            int end = at + 1;
            while (end < Listing.Lines.Length && OriginalOf(Listing.Lines[end].Slot) == original && !OpensFunction(Listing.Lines[end].Slot, slot))
            {
                end++;
            }

            _groups.Add(Describe(slot, original, [.. Listing.Lines[at..end].Select(line => line.Line)]));
            at = end;
        }
    }

    private int? OriginalOf(SlotIndex? slot) => slot is { } known ? _program.Original(known.Value).Value : null;

    private bool OpensFunction(SlotIndex? slot, SlotIndex? before)
        => slot is { } known && before is { } earlier && FunctionAt(known.Value) != FunctionAt(earlier.Value);

    private int FunctionAt(int slot)
    {
        int function = -1;
        while (function + 1 < _program.Functions.Length && _program.Functions[function + 1].Start.Value <= slot)
        {
            function++;
        }

        return function;
    }

    private JitedGroup Describe(SlotIndex? slot, int? original, ImmutableArray<JitedLine> lines)
    {
        if (slot is not { } known || original is not { } spec)
        {
            return new JitedGroup(null, null, null, lines);
        }

        int function = FunctionAt(known.Value);
        string? heading = function == _function ? null : HeadingOf(function);
        _function = function;
        SourceLine? source = _program.Spec.LineAt(new SlotIndex(spec)) is { } line ? Shown(line) : null;
        bool isSame = heading is null && source == _source;
        _source = source;
        return new JitedGroup(heading, isSame ? null : source, _entries.GetValueOrDefault(spec), lines);
    }

    private string? HeadingOf(int function)
    {
        if (function < 0)
        {
            return null;
        }

        // Its first instruction may be gone.
        int first = _program.Original(_program.Functions[function].Start.Value).Value;
        int start = _program.Spec.Functions.Select(candidate => candidate.Start.Value).Where(candidate => candidate <= first).DefaultIfEmpty(first).Max();
        string name = _entries.GetValueOrDefault(start)?.Prototype
            ?? _program.Spec.Functions.FirstOrDefault(candidate => candidate.Start.Value == start)?.Name
            ?? (function == 0 ? _program.Spec.Name : $"function at {start}");
        return _opened.Add(function) ? name : name + " (continued)";
    }

    /// <summary>Source comes from a file of unknown origin and goes to a terminal.</summary>
    private static SourceLine Shown(SourceLine line) => line with { Text = Printable(line.Text.Trim()), File = Printable(line.File) };

    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) && character != '\t' ? '?' : character));
}
