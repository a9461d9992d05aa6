using System.Buffers.Binary;

namespace Skep.Loading.Elf;

/// <summary>What the ELF header says about the sections; the table of their headers lies inside the file.</summary>
internal sealed record ElfHeader(int SectionsOffset, int SectionCount, int NamesSection)
{
    public static ElfHeader? Read(ReadOnlySpan<byte> image, LoadingContext context)
        => IsElf(image, context) && IsBpfObject(image, context) ? ReadSectionTable(image, context) : null;

    private static bool IsElf(ReadOnlySpan<byte> image, LoadingContext context)
    {
        if (image.IsEmpty)
        {
            context.Error(LoadingRules.NotAnObject, "the file is empty");
        }
        else if (!image.StartsWith("\u007fELF"u8[..Math.Min(4, image.Length)]))
        {
            string start = Convert.ToHexStringLower(image[..Math.Min(4, image.Length)]);
            context.Error(LoadingRules.NotAnObject, $"the file starts with the bytes {start}, an ELF file with 7f454c46", offset: 0);
        }
        else if (image.Length < ElfConstants.HeaderSize)
        {
            context.Error(LoadingRules.Truncated, $"the file has {image.Length} bytes, its header alone {ElfConstants.HeaderSize}", offset: image.Length);
        }
        else
        {
            return context.IsWithin(image.Length, context.Limits.ObjectBytes, nameof(LoadingLimits.ObjectBytes));
        }

        return false;
    }

    private static bool IsBpfObject(ReadOnlySpan<byte> image, LoadingContext context)
    {
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(image[16..]);
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(image[18..]);
        (string Message, int Offset)? problem = (image[4], image[5]) switch
        {
            (not ElfConstants.Class64, _) => ($"ELF class {image[4]} is not the 64-bit class {ElfConstants.Class64}", 4),
            (_, ElfConstants.BigEndian) => ("this object is big-endian (bpfeb)", 5),
            (_, not ElfConstants.LittleEndian) => ($"byte order {image[5]} is neither little-endian (1) nor big-endian (2)", 5),
            _ when machine != ElfConstants.MachineBpf => ($"machine {machine} is not eBPF ({ElfConstants.MachineBpf})", 18),
            _ when type != ElfConstants.TypeRelocatable => ($"ELF type {type} is not a relocatable object ({ElfConstants.TypeRelocatable})", 16),
            _ => null,
        };

        if (problem is { } found)
        {
            context.Error(LoadingRules.ForeignObject, found.Message, offset: found.Offset);
        }

        return problem is null;
    }

    private static ElfHeader? ReadSectionTable(ReadOnlySpan<byte> image, LoadingContext context)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(image[40..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(image[58..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        ushort names = BinaryPrimitives.ReadUInt16LittleEndian(image[62..]);
        if (size != ElfConstants.SectionHeaderSize || count == 0)
        {
            context.Error(LoadingRules.MalformedElf, $"{count} section headers of {size} bytes; at least one of {ElfConstants.SectionHeaderSize} bytes is needed", offset: 58);
            return null;
        }

        if (!context.IsWithin(count, context.Limits.Sections, nameof(LoadingLimits.Sections)))
        {
            return null;
        }

        ulong length = (ulong)count * size;
        if (offset > (ulong)image.Length || length > (ulong)image.Length - offset)
        {
            context.Error(LoadingRules.Truncated, $"the {count} section headers at {offset} are not inside the file of {image.Length} bytes", offset: 40);
            return null;
        }

        if (names >= count)
        {
            context.Error(LoadingRules.MalformedElf, $"section {names}, which should hold the sections' names, is not one of {count}", offset: 62);
            return null;
        }

        return new((int)offset, count, names);
    }
}
