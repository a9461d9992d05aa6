using System.Collections.Immutable;
using Skep.Cli.Disassembly;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Cli.Jited;

/// <summary>What a back end made of a program, as lines that each know their slot.</summary>
/// <param name="Language">What the lines are written in.</param>
/// <param name="Bytes">Of the machine code; null where there is none.</param>
internal sealed record CompiledListing(string Language, int? Bytes, ImmutableArray<(SlotIndex? Slot, JitedLine Line)> Lines)
{
    /// <returns>Null when the back end's code is delegates of the .NET runtime and it does not list them.</returns>
    /// <exception cref="NotSupportedException">The back end cannot compile the program.</exception>
    public static CompiledListing? Create(IJitBackend backend, LoweredProgram program, JitOptions options)
    {
        CompiledCode code = backend.Compile(program, options);
        var image = code as NativeImage;
        return backend is ICodeListing listing ? OfListing(listing, listing.List(program, options), image)
            : image is not null ? OfImage(backend.Descriptor, image, program)
            : null;
    }

    private static CompiledListing OfListing(ICodeListing listing, ImmutableArray<CodeLine> lines, NativeImage? image) => new(
        listing.Language,
        image?.Code.Length,
        [.. lines.Select(line => ((SlotIndex?)line.Slot, new JitedLine(line.Offset, [], line.Operation, line.Operands, null)))]);

    private static CompiledListing OfImage(JitBackendDescriptor descriptor, NativeImage image, LoweredProgram program)
    {
        IDisassembler disassembler = Disassemblers.For(descriptor.Architecture);
        var lines = ImmutableArray.CreateBuilder<(SlotIndex?, JitedLine)>();
        var relocations = new RelocationComments(image, program);
        int entry = -1;
        foreach (MachineInstruction instruction in WithQuads(disassembler, image))
        {
            while (entry + 1 < image.PcMap.Length && image.PcMap[entry + 1].Offset <= instruction.Offset)
            {
                entry++;
            }

            ImmutableArray<byte> bytes = image.Code.Slice(instruction.Offset, instruction.Length);
            var line = new JitedLine(instruction.Offset, bytes, instruction.Operation, instruction.Operands, relocations.In(instruction.Offset, instruction.Length));
            lines.Add((entry < 0 ? null : image.PcMap[entry].Slot, line));
        }

        string architecture = descriptor.Architecture is { } known ? $"{known.ToString().ToLowerInvariant()} machine code" : "machine code";
        return new CompiledListing(architecture, image.Code.Length, lines.ToImmutable());
    }

    /// <summary>An address that is patched in at the start of an instruction is no instruction but one of the constants beside the code.</summary>
    private static IEnumerable<MachineInstruction> WithQuads(IDisassembler disassembler, NativeImage image)
    {
        ImmutableArray<MachineInstruction> all = disassembler.Disassemble(image.Code.AsSpan());
        HashSet<int> starts = [.. all.Select(instruction => instruction.Offset)];
        HashSet<int> quads = [.. image.Relocations.Select(relocation => relocation.Offset).Where(starts.Contains)];
        int next = 0;
        foreach (MachineInstruction instruction in all)
        {
            if (quads.Contains(instruction.Offset))
            {
                yield return Directives.Quad(image.Code.AsSpan(instruction.Offset, sizeof(ulong)), instruction.Offset);
                next = instruction.Offset + sizeof(ulong);
            }
            else if (instruction.Offset >= next)
            {
                yield return instruction;
            }
        }
    }
}
