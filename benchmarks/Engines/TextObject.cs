using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Benchmarks.Engines;

/// <summary>Objects of one xdp program that is written as text.</summary>
internal static class TextObject
{
    /// <param name="text">Its maps are <c>map[id:0]</c>, which means <paramref name="map"/>; its named functions are <c>kernel-function#0</c>.</param>
    /// <param name="function">The named function; null for none.</param>
    public static ObjectSpec Make(string name, string text, MapSpec? map = null, string? function = null)
    {
        ImmutableArray<Instruction> code = Assemble(text);
        var references = ImmutableArray.CreateBuilder<Reference>();
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Operation == Operation.LoadMapByDescriptor)
            {
                references.Add(new MapReference(new SlotIndex(i), map!.Name));
            }
            else if (code[i].Operation == Operation.CallNamed)
            {
                references.Add(new ExternReference(new SlotIndex(i), function!, ExternKind.NamedFunction, IsWeak: false));
            }
        }

        var program = new ProgramSpec
        {
            Name = name,
            Section = "xdp",
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(code.AsSpan())],
            References = references.ToImmutable(),
        };
        return new ObjectSpec { Name = name, License = "GPL", Programs = [program], Maps = map is null ? [] : [map] };
    }

    private static ImmutableArray<Instruction> Assemble(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        return assembled.Succeeded ? assembled.Instructions : throw new FormatException(assembled.Errors[0].ToString());
    }
}
