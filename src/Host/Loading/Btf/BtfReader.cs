using System.Buffers.Binary;
using System.Collections.Immutable;
using Skep.Btf;
using Skep.Loading.Elf;

namespace Skep.Loading.Btf;

/// <summary>The <c>.BTF</c> section's bytes to types and strings (Documentation/bpf/btf.rst, section 2).</summary>
internal sealed class BtfReader(LoadingContext context)
{
    public const string SectionName = ".BTF";

    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;

    /// <summary>The types as they stand in the file, ids checked; null when there was an error, which is then among the findings.</summary>
    /// <param name="strings">The string table, which <c>.BTF.ext</c> uses too.</param>
    public ImmutableArray<BtfType>? Read(ReadOnlyMemory<byte> bytes, out StringTable strings)
    {
        strings = new StringTable(default, 0);
        if (ReadHeader(bytes.Span) is not { } header)
        {
            return null;
        }

        strings = new StringTable(bytes.Slice(header.StringsOffset, header.StringsLength), context.Limits.StringExpansion);
        ReadOnlySpan<byte> typeBytes = bytes.Span.Slice(header.TypesOffset, header.TypesLength);
        return ReadTypes(typeBytes, header.TypesOffset, strings) is { } types && new BtfCheck(context, types).IsSound()
            ? types
            : null;
    }

    private Header? ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
        {
            return Fail($"the section has {bytes.Length} bytes, its header alone {HeaderSize}", 0);
        }

        ushort magic = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (magic != Magic)
        {
            string hint = magic == BinaryPrimitives.ReverseEndianness(Magic) ? " (this BTF is big-endian)" : "";
            return Fail($"the magic number is 0x{magic:x4}, expected 0x{Magic:x4}{hint}", 0);
        }

        if (bytes[2] != 1)
        {
            return Fail($"version {bytes[2]}, expected 1", 2);
        }

        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        ulong types = headerLength + (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        uint typesLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        ulong strings = headerLength + (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        uint stringsLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (headerLength < HeaderSize || types + typesLength > (ulong)bytes.Length || strings + stringsLength > (ulong)bytes.Length)
        {
            return Fail(
                $"header ({headerLength} bytes), types ({typesLength} at {types}) or strings ({stringsLength} at {strings}) are not inside the {bytes.Length} bytes of the section",
                4);
        }

        return stringsLength == 0 || bytes[(int)strings] != 0 || bytes[(int)(strings + stringsLength) - 1] != 0
            ? Fail("the strings must start and end with a zero byte", (int)Math.Min(strings, int.MaxValue))
            : new((int)types, (int)typesLength, (int)strings, (int)stringsLength);

        Header? Fail(string message, int offset)
        {
            context.Error(LoadingRules.MalformedBtf, message, SectionName, offset);
            return null;
        }
    }

    private ImmutableArray<BtfType>? ReadTypes(ReadOnlySpan<byte> bytes, int sectionOffset, StringTable strings)
    {
        ImmutableArray<BtfType>.Builder types = ImmutableArray.CreateBuilder<BtfType>(64);
        types.Add(new BtfVoid());
        int offset = 0;
        while (offset < bytes.Length)
        {
            var record = new BtfTypeRecord(bytes[offset..], strings);
            BtfType? type = record.Read(out string? problem);
            if (type is null)
            {
                context.Error(LoadingRules.MalformedBtf, $"type [{types.Count}]: {problem}", SectionName, sectionOffset + offset);
                return null;
            }

            types.Add(type);
            offset += record.Length;
            if (!context.IsWithin(types.Count - 1, context.Limits.Types, nameof(LoadingLimits.Types), SectionName))
            {
                return null;
            }
        }

        return types.DrainToImmutable();
    }

    private sealed record Header(int TypesOffset, int TypesLength, int StringsOffset, int StringsLength);
}
