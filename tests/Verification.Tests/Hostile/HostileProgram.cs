using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;

namespace Skep.Verification.Tests.Hostile;

/// <summary>A program that is made to cost the verifier as much as it can.</summary>
/// <param name="Fuel">With <see cref="LoopPolicy.Fuel"/>.</param>
internal sealed record HostileProgram(string Name, Func<LinkedProgram> Make, bool Fuel = false)
{
    /// <summary>What no path reaches is no problem.</summary>
    public bool AllowsUnreachable { get; init; }

    private static readonly ImmutableDictionary<string, LoadedMap> Maps = TestMaps.Load(CorpusMaps.All);

    public override string ToString() => Name;

    /// <summary>In the words of the corpus.</summary>
    internal static HostileProgram Text(string name, Action<StringBuilder> write, string type = "socket_filter", bool fuel = false) => new(
        name,
        () =>
        {
            var text = new StringBuilder();
            write(text);
            return Assemble(text.ToString(), type);
        },
        fuel);

    /// <summary>Slots as they are: for programs that the assembler would take long for.</summary>
    internal static HostileProgram Slots(string name, Action<List<RawInstruction>> write, IProgramType? type = null, bool fuel = false) => new(
        name,
        () =>
        {
            var slots = new List<RawInstruction>();
            write(slots);
            return Link(new ProgramSpec { Name = "main", License = "GPL", Instructions = [.. slots] }, type ?? TestProgramTypes.Find("socket_filter"));
        },
        fuel);

    /// <param name="functions">Of which the type is given; in the words of the corpus.</param>
    internal static LinkedProgram Assemble(string text, string type = "socket_filter", params ImmutableArray<string> functions)
    {
        var entry = new CorpusEntry
        {
            Family = "hostile",
            Name = "hostile",
            Place = "hostile:1",
            Type = type,
            Functions = [.. functions.Select(function => FunctionSignature.Parse(function) ?? throw new FormatException(function))],
            Expected = [],
            KernelAccepts = false,
            Lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, index) => new CorpusLine(index + 1, line.Trim()))],
        };
        return Link(CorpusProgram.Assemble(entry).ToSpec(entry), TestProgramTypes.Find(type));
    }

    internal static LinkedProgram Link(ProgramSpec spec, IProgramType type)
        => new Linker(TestRegistry.Instance, Limits.Default with { MaxInstructions = int.MaxValue }).Link(spec, type, Maps).GetOrThrow();
}

/// <summary>Shorter words for what hostile programs are made of.</summary>
internal static class HostileText
{
    internal static StringBuilder Line(this StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    internal static void Add(this List<RawInstruction> slots, byte opcode, int destination = 0, int source = 0, int offset = 0, int immediate = 0)
        => slots.Add(RawInstruction.Create(opcode, (byte)destination, (byte)source, (short)offset, immediate));

    internal static void End(this List<RawInstruction> slots)
    {
        slots.Add(0xb7);
        slots.Add(0x95);
    }
}
