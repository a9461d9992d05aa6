using Skep.Benchmarks.Engines;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Benchmarks.Calls;

/// <summary>A program that goes on in itself as often as it may.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Function">The named helper; null for the kernel's own.</param>
internal sealed record TailCallChain(string Name, string? Function)
{
    /// <summary>Calls in a run: those that are made.</summary>
    public const int Length = Invocation.MaximumTailCalls;

    public static readonly TailCallChain[] All = [new("tail call", null), new("tail call by the helper", HelperTailCall.Function)];

    private const string ProgramName = "chain";

    /// <param name="isLinked">Whether the array has the program; without, its call finds nothing, as the last one of a chain does.</param>
    public ObjectSpec Make(bool isLinked)
    {
        string text = $"""
            r2 = map[id:0]
            r3 = 0
            call {(Function is null ? "helper#12" : "kernel-function#0")}
            r0 = 1
            exit
            """;
        return TextObject.Make(ProgramName, text, new MapSpec
        {
            Name = "programs",
            Type = new MapTypeReference(new MapTypeNumber(3)),
            KeySize = sizeof(uint),
            ValueSize = sizeof(uint),
            MaxEntries = 1,
            Slots = isLinked ? [new MapSlotInitializer(0, ProgramName)] : [],
        }, Function);
    }
}
