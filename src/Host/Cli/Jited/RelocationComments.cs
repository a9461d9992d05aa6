using System.Globalization;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Cli.Jited;

/// <summary>Says what the core will patch into code that is still data.</summary>
internal sealed class RelocationComments(NativeImage image, LoweredProgram program)
{
    private int _next;

    /// <summary>Instructions are asked for in the order of their offsets, each once.</summary>
    public string? In(int offset, int length)
    {
        string? comment = null;
        while (_next < image.Relocations.Length && image.Relocations[_next].Offset < offset + length)
        {
            CodeRelocation relocation = image.Relocations[_next++];
            comment = relocation.Kind switch
            {
                CodeRelocationKind.HelperCell when (uint)relocation.Index < (uint)program.Helpers.Length => $"cell of {program.Helpers[relocation.Index].Descriptor.Name}",
                CodeRelocationKind.CodeAddress => string.Create(CultureInfo.InvariantCulture, $"address of 0x{relocation.Index:x}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"{relocation.Kind} {relocation.Index}"),
            };
        }

        return comment;
    }
}
