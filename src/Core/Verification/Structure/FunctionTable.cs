using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Structure;

/// <summary>The functions of a program: as its object lists them, or found from the calls of a program that was made in memory.</summary>
internal sealed class FunctionTable
{
    private readonly FrozenSet<int> _starts;

    private FunctionTable(ImmutableArray<FunctionRange> ranges, ImmutableArray<string> names, bool isDiscovered)
    {
        Ranges = ranges;
        Names = names;
        IsDiscovered = isDiscovered;
        _starts = ranges.Select(range => range.Start.Value).ToFrozenSet();
    }

    internal ImmutableArray<FunctionRange> Ranges { get; }

    internal ImmutableArray<string> Names { get; }

    /// <summary>Found from calls: then nothing is known of the functions' types.</summary>
    internal bool IsDiscovered { get; }

    /// <summary>Null when the table is unusable; the report says why.</summary>
    internal static FunctionTable? Find(LinkedProgram program, Limits limits, StructureReport report)
    {
        FunctionTable? table = program.Spec.Functions.IsEmpty ? Discover(program) : Read(program, report);
        if (table?.Ranges.Length > limits.MaxFunctions)
        {
            report.Add(VerificationRules.TooManyFunctions, null, $"the program has {table.Ranges.Length} functions, expected at most {limits.MaxFunctions} (Limits.MaxFunctions)");
            return null;
        }

        return table;
    }

    internal bool IsStart(long slot) => slot is >= 0 and <= int.MaxValue && _starts.Contains((int)slot);

    /// <summary>Where function address loads point to, as far as the object says.</summary>
    internal static FrozenDictionary<int, SlotIndex> AddressTargets(ProgramSpec spec) => spec.References
        .OfType<FunctionReference>()
        .DistinctBy(reference => reference.Slot)
        .ToFrozenDictionary(reference => reference.Slot.Value, reference => reference.Target);

    private static string InventedName(int start) => $"function_{start}";

    private static FunctionTable? Read(LinkedProgram program, StructureReport report)
    {
        int next = 0;
        foreach (FunctionSpec function in program.Spec.Functions)
        {
            if (function.Start.Value != next || function.Length <= 0 || function.Length > program.Instructions.Length - next)
            {
                report.Add(
                    VerificationRules.BadFunctionTable, null,
                    $"function {function.Name} takes {function.Length} slots from slot {function.Start.Value} on, expected 1 to {program.Instructions.Length - next} slots from slot {next} on");
                return null;
            }

            next += function.Length;
        }

        if (next != program.Instructions.Length)
        {
            report.Add(VerificationRules.BadFunctionTable, null, $"the functions cover {next} slots, expected {program.Instructions.Length}");
            return null;
        }

        return new FunctionTable(
            [.. program.Spec.Functions.Select(function => new FunctionRange(function.Start, function.Length))],
            [.. program.Spec.Functions.Select(function => function.Name)],
            isDiscovered: false);
    }

    // As the kernel does it: whatever is called begins a function, and ends the one before it. A target inside a 64-bit
    // immediate begins none: the check of call targets reports it.
    private static FunctionTable Discover(LinkedProgram program)
    {
        ImmutableArray<Instruction> code = program.Instructions;
        var starts = new SortedSet<int> { 0 };
        FrozenDictionary<int, SlotIndex> addresses = AddressTargets(program.Spec);
        for (int slot = 0; slot < code.Length; slot++)
        {
            if (CallGraph.TargetOf(code[slot], slot, addresses) is { } target
                && target >= 0 && target < code.Length && code[(int)target].Operation != Operation.Continuation)
            {
                starts.Add((int)target);
            }
        }

        int[] sorted = [.. starts];
        var ranges = ImmutableArray.CreateBuilder<FunctionRange>(sorted.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            int end = i + 1 < sorted.Length ? sorted[i + 1] : code.Length;
            ranges.Add(new FunctionRange(new SlotIndex(sorted[i]), end - sorted[i]));
        }

        return new FunctionTable(
            ranges.MoveToImmutable(),
            [.. sorted.Select(start => start == 0 ? program.Spec.Name : InventedName(start))],
            isDiscovered: true);
    }
}
