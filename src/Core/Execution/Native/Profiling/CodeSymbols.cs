using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Execution.Native;

/// <summary>What profilers want to know of installed code; offsets and lengths in bytes of the code.</summary>
/// <param name="Functions">Sorted by offset, without overlaps. A function whose code lies in several places comes several times.</param>
/// <param name="Lines">Sorted by offset; each holds until the next. Empty when the C source is not known.</param>
internal sealed record CodeSymbols(ImmutableArray<CodeSymbol> Functions, ImmutableArray<CodeSource> Lines)
{
    private static readonly Comparer<CodeSource> ByOffset = Comparer<CodeSource>.Create((left, right) => left.Offset.CompareTo(right.Offset));

    /// <summary>Functions by their names in the object and lines by its line info, through the image's pc map.</summary>
    public static CodeSymbols Of(LoweredProgram program, NativeImage image)
    {
        var functions = ImmutableArray.CreateBuilder<CodeSymbol>();
        var lines = ImmutableArray.CreateBuilder<CodeSource>();
        int start = 0;
        int current = image.PcMap.IsEmpty ? 0 : FunctionAt(program, image.PcMap[0].Slot);
        SourceLine? line = null;
        foreach (PcMapEntry entry in image.PcMap)
        {
            int function = FunctionAt(program, entry.Slot);
            if (function != current)
            {
                functions.Add(new CodeSymbol(start, entry.Offset - start, Name(program, current)));
                (start, current) = (entry.Offset, function);
            }

            if (program.Spec.LineAt(program.Original(entry.Slot.Value)) is { } source && source != line)
            {
                lines.Add(new CodeSource(entry.Offset, line = source));
            }
        }

        functions.Add(new CodeSymbol(start, image.Code.Length - start, Name(program, current)));
        return new CodeSymbols(functions.ToImmutable(), lines.ToImmutable());
    }

    /// <summary>The lines that a function's code stems from; the first may begin before it.</summary>
    public ReadOnlySpan<CodeSource> LinesOf(CodeSymbol function)
    {
        int first = FirstAtOrAfter(function.Offset);
        int end = FirstAtOrAfter(function.Offset + function.Length);
        bool beginsBefore = first > 0 && (first == Lines.Length || Lines[first].Offset > function.Offset);
        return Lines.AsSpan()[(beginsBefore ? first - 1 : first)..end];
    }

    private int FirstAtOrAfter(int offset)
    {
        int index = Lines.BinarySearch(new CodeSource(offset, null!), ByOffset);
        return index >= 0 ? index : ~index;
    }

    private static int FunctionAt(LoweredProgram program, SlotIndex slot)
    {
        int low = 0;
        int high = program.Functions.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = program.Functions[middle].Start.Value <= slot.Value ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private static string Name(LoweredProgram program, int function)
    {
        SlotIndex start = program.Original(program.Functions[function].Start.Value);
        string? name = program.Spec.Functions.FirstOrDefault(candidate => candidate.Start == start)?.Name;
        return $"skep:{program.Spec.Name}:{name ?? (function == 0 ? program.Spec.Name : $"function_at_{start}")}";
    }
}

/// <param name="Name"><c>skep:PROGRAM:FUNCTION</c>.</param>
internal readonly record struct CodeSymbol(int Offset, int Length, string Name);

/// <summary>From <paramref name="Offset"/> on, until the next, code stems from <paramref name="Source"/>.</summary>
internal readonly record struct CodeSource(int Offset, SourceLine Source);
