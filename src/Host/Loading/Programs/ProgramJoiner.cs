using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Btf;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Loading.Programs;

/// <summary>
/// Joins a main function and everything it reaches into one sequence of slots, each function once, in the order in
/// which a depth-first walk of the calls meets them (libbpf's order, so that dumps compare).
/// </summary>
internal sealed class ProgramJoiner(LoadingContext context, string? license, BtfGraph? graph)
{
    private long _total;

    /// <summary>Null when there was an error, which is then among the findings.</summary>
    public ProgramSpec? Join(FunctionImage main)
    {
        var starts = new Dictionary<FunctionImage, int>();
        List<FunctionImage> order = Order(main, starts, out long length);
        _total += length;
        if (!context.IsWithin(length, context.Limits.InstructionsPerProgram, nameof(LoadingLimits.InstructionsPerProgram), main.Section.Name, main.Name)
            || !context.IsWithin(_total, context.Limits.InstructionsPerObject, nameof(LoadingLimits.InstructionsPerObject)))
        {
            return null;
        }

        var code = new RawInstruction[length];
        var parts = new Parts();
        foreach (FunctionImage function in order)
        {
            Append(function, starts, code, parts);
        }

        bool isAutoLoaded = !main.Section.Name.StartsWith('?');
        return new()
        {
            Name = main.Name,
            Section = isAutoLoaded ? main.Section.Name : main.Section.Name[1..],
            IsAutoLoaded = isAutoLoaded,
            ObjectName = context.Name,
            License = license,
            Instructions = ImmutableCollectionsMarshal.AsImmutableArray(code),
            References = parts.References.ToImmutable(),
            Functions = parts.Functions.ToImmutable(),
            Lines = parts.Lines.ToImmutable(),
            CoreRelocations = parts.CoreRelocations.ToImmutable(),
            Btf = graph,
        };
    }

    /// <summary>The functions in their order; <paramref name="starts"/> gets the first slot of each.</summary>
    private static List<FunctionImage> Order(FunctionImage main, Dictionary<FunctionImage, int> starts, out long length)
    {
        var order = new List<FunctionImage>();
        var walk = new Stack<(FunctionImage Function, int NextUse)>();
        length = 0;
        Place(main, ref length);
        while (walk.TryPop(out (FunctionImage Function, int NextUse) top))
        {
            if (top.NextUse >= top.Function.Uses.Count)
            {
                continue;
            }

            walk.Push((top.Function, top.NextUse + 1));
            FunctionImage target = top.Function.Uses[top.NextUse].Target;
            if (!starts.ContainsKey(target))
            {
                Place(target, ref length);
            }
        }

        return order;

        void Place(FunctionImage function, ref long end)
        {
            starts.Add(function, (int)end);
            order.Add(function);
            walk.Push((function, 0));
            end += function.Length;
        }
    }

    private static void Append(FunctionImage function, Dictionary<FunctionImage, int> starts, RawInstruction[] code, Parts parts)
    {
        int start = starts[function];
        function.Code.CopyTo(code.AsSpan(start));
        parts.Functions.Add(new(function.Name, new(start), function.Length, function.Linkage, function.Type));

        // References and uses are each sorted; together they must be too.
        int nextReference = 0;
        foreach (FunctionUse use in function.Uses)
        {
            AddReferences(use.Slot);
            int slot = start + use.Slot;
            int target = starts[use.Target];
            RawInstruction instruction = code[slot];
            byte source = use.IsAddress ? PseudoSource.Function : PseudoSource.LocalCall;
            code[slot] = RawInstruction.Create(instruction.Opcode, instruction.Destination, source, instruction.Offset, target - slot - 1);
            if (use.IsAddress)
            {
                parts.References.Add(new FunctionReference(new(slot), new(target)));
            }
        }

        AddReferences(function.Length);
        foreach (LineInfo line in function.Lines)
        {
            parts.Lines.Add(start == 0 ? line : line with { Slot = new(start + line.Slot.Value) });
        }

        foreach (CoreRelocation relocation in function.CoreRelocations)
        {
            parts.CoreRelocations.Add(relocation with { Slot = new(start + relocation.Slot.Value) });
        }

        void AddReferences(int before)
        {
            for (; nextReference < function.References.Count && function.References[nextReference].Slot.Value < before; nextReference++)
            {
                Reference reference = function.References[nextReference];
                parts.References.Add(reference with { Slot = new(start + reference.Slot.Value) });
            }
        }
    }

    private sealed class Parts
    {
        public ImmutableArray<Reference>.Builder References { get; } = ImmutableArray.CreateBuilder<Reference>();

        public ImmutableArray<FunctionSpec>.Builder Functions { get; } = ImmutableArray.CreateBuilder<FunctionSpec>();

        public ImmutableArray<LineInfo>.Builder Lines { get; } = ImmutableArray.CreateBuilder<LineInfo>();

        public ImmutableArray<CoreRelocation>.Builder CoreRelocations { get; } = ImmutableArray.CreateBuilder<CoreRelocation>();
    }
}
