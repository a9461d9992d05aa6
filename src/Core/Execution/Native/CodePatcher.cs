using System.Buffers.Binary;
using Skep.Contracts;

namespace Skep.Execution.Native;

/// <summary>Gives code the addresses that it could not know when it was made.</summary>
internal static class CodePatcher
{
    private const int AddressBytes = 8;

    /// <summary>Refuses an image that points outside of itself: a mistake of its back end.</summary>
    /// <exception cref="ArgumentException">What is wrong.</exception>
    public static void Require(NativeImage image, int helpers)
    {
        int length = image.Code.Length;
        if (length == 0 || image.Entries.IsEmpty)
        {
            throw new ArgumentException($"The image has {length} bytes of code and {image.Entries.Length} entries; expected at least one of each.", nameof(image));
        }

        foreach (CodeEntry entry in image.Entries)
        {
            if ((uint)entry.Offset >= (uint)length)
            {
                throw new ArgumentException($"The entry of slot {entry.Function} is at offset {entry.Offset}; the code has {length} bytes.", nameof(image));
            }
        }

        foreach (CodeRelocation relocation in image.Relocations)
        {
            if (relocation.Offset < 0 || relocation.Offset > length - AddressBytes)
            {
                throw new ArgumentException($"A relocation of 8 bytes is at offset {relocation.Offset}; the code has {length} bytes.", nameof(image));
            }

            int end = relocation.Kind == CodeRelocationKind.HelperCell ? helpers : length;
            if ((uint)relocation.Index >= (uint)end)
            {
                throw new ArgumentException($"The relocation at offset {relocation.Offset} ({relocation.Kind}) names {relocation.Index}; expected less than {end}.", nameof(image));
            }
        }
    }

    /// <param name="code">The image's code, to be changed.</param>
    /// <param name="address">Where it will lie.</param>
    public static void Patch(Span<byte> code, NativeImage image, nint address, HelperCells cells)
    {
        foreach (CodeRelocation relocation in image.Relocations)
        {
            nint value = relocation.Kind switch
            {
                CodeRelocationKind.HelperCell => cells.AddressOf(relocation.Index),
                CodeRelocationKind.CodeAddress => address + relocation.Index,
                _ => throw new ArgumentException($"Relocations of kind {relocation.Kind} are not known.", nameof(image)),
            };
            BinaryPrimitives.WriteInt64LittleEndian(code[relocation.Offset..], value);
        }
    }
}
