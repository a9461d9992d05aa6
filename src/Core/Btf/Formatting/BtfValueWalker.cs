using System.Buffers.Binary;

namespace Skep.Btf.Formatting;

/// <summary>
/// Takes one value apart by its type. Hostile graphs can nest overlapping members so that the parts outnumber the bytes
/// without bound; the walk therefore has a budget of parts that grows with the bytes.
/// </summary>
internal struct BtfValueWalker(BtfGraph graph, IBtfValueSink sink, int bytes)
{
    private const int MaximumNesting = 64;

    private long _budget = 4096 + (16L * bytes);

    public void Walk(BtfTypeId id, ReadOnlySpan<byte> value, int depth)
    {
        if (depth > MaximumNesting || --_budget < 0)
        {
            sink.Nothing("too deep");
            return;
        }

        switch (graph.ResolveType(id))
        {
            case BtfInteger integer:
                Integer(integer, value);
                break;
            case BtfFloat real:
                Real(real, value);
                break;
            case BtfEnum enumeration when Fits(value, enumeration.Size):
                Enumeration(enumeration, BitRange.Read(value, 0, (int)enumeration.Size * 8));
                break;
            case BtfPointer when Fits(value, 8):
                sink.Pointer(BinaryPrimitives.ReadUInt64LittleEndian(value));
                break;
            case BtfArray array:
                Array(array, value, depth);
                break;
            case BtfStruct composite:
                sink.BeginStruct();
                Members(composite, value, depth);
                sink.EndStruct();
                break;
            case BtfVariable variable:
                Walk(variable.Type, value, depth + 1);
                break;
            case BtfDataSection section:
                Section(section, value, depth);
                break;
            case BtfEnum or BtfPointer:
                sink.Nothing("truncated");
                break;
            case BtfVoid:
                sink.Nothing("void");
                break;
            default:
                sink.Nothing("no value");
                break;
        }
    }

    private static bool Fits(ReadOnlySpan<byte> value, uint size) => size is > 0 and <= 16 && value.Length >= size;

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> value, ulong offset)
        => offset < (ulong)value.Length ? value[(int)offset..] : default;

    private readonly void Integer(BtfInteger integer, ReadOnlySpan<byte> value)
    {
        if (!Fits(value, integer.Size) || integer.Bits + integer.BitOffset > integer.Size * 8)
        {
            sink.Nothing("truncated");
            return;
        }

        Scalar(integer, BitRange.Read(value, integer.BitOffset, integer.Bits), integer.Bits);
    }

    private readonly void Scalar(BtfInteger integer, UInt128 value, int bits)
    {
        if (integer.Encoding.HasFlag(BtfIntegerEncoding.Boolean))
        {
            sink.Boolean(value != 0);
        }
        else if (integer.Encoding.HasFlag(BtfIntegerEncoding.Signed))
        {
            sink.Signed(BitRange.SignExtend(value, bits));
        }
        else
        {
            sink.Unsigned(value);
        }
    }

    private readonly void Real(BtfFloat real, ReadOnlySpan<byte> value)
    {
        if (!Fits(value, real.Size))
        {
            sink.Nothing("truncated");
            return;
        }

        switch (real.Size)
        {
            case 2:
                sink.Real((double)BinaryPrimitives.ReadHalfLittleEndian(value));
                break;
            case 4:
                sink.Real(BinaryPrimitives.ReadSingleLittleEndian(value));
                break;
            case 8:
                sink.Real(BinaryPrimitives.ReadDoubleLittleEndian(value));
                break;
            default:
                sink.Nothing($"{real.Size}-byte float");
                break;
        }
    }

    private readonly void Enumeration(BtfEnum enumeration, UInt128 bits)
    {
        int width = (int)Math.Min(enumeration.Size, 8) * 8;
        ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        foreach (BtfEnumValue candidate in enumeration.Values)
        {
            if (((ulong)candidate.Value & mask) == (ulong)bits)
            {
                sink.EnumName(candidate.Name);
                return;
            }
        }

        if (enumeration.IsSigned)
        {
            sink.Signed(BitRange.SignExtend(bits, width));
        }
        else
        {
            sink.Unsigned(bits);
        }
    }

    private void Array(BtfArray array, ReadOnlySpan<byte> value, int depth)
    {
        if (graph.SizeOf(array.Element) is not { } size)
        {
            sink.Nothing("no value");
            return;
        }

        if (IsText(array, value, out string text))
        {
            sink.Characters(text);
            return;
        }

        sink.BeginArray();
        for (uint index = 0; size > 0 && index < array.Count; index++)
        {
            ReadOnlySpan<byte> element = From(value, (ulong)index * size);
            if (element.Length < size || _budget < 0)
            {
                sink.Nothing("truncated");
                break;
            }

            Walk(array.Element, element[..(int)size], depth + 1);
        }

        sink.EndArray();
    }

    /// <summary>A <c>char</c> array whose bytes up to a terminator inside it are printable ASCII.</summary>
    private readonly bool IsText(BtfArray array, ReadOnlySpan<byte> value, out string text)
    {
        text = "";
        if (graph.ResolveType(array.Element) is not BtfInteger { Size: 1 } element
            || !(element.Name == "char" || element.Encoding.HasFlag(BtfIntegerEncoding.Char)))
        {
            return false;
        }

        int end = value[..(int)Math.Min((uint)value.Length, array.Count)].IndexOf((byte)0);
        if (end < 0 || value[..end].ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
        {
            return false;
        }

        text = System.Text.Encoding.ASCII.GetString(value[..end]);
        return true;
    }

    private void Members(BtfStruct composite, ReadOnlySpan<byte> value, int depth)
    {
        foreach (BtfMember member in composite.Members)
        {
            ReadOnlySpan<byte> bytes = From(value, member.BitOffset / 8);
            if (member.Name.Length == 0 && depth < MaximumNesting && graph.ResolveType(member.Type) is BtfStruct unnamed && --_budget >= 0)
            {
                Members(unnamed, bytes, depth + 1);
                continue;
            }

            // An unnamed bit field is padding.
            if (member.Name.Length == 0 || _budget < 0)
            {
                continue;
            }

            sink.Member(member.Name);
            if (member.BitSize == 0)
            {
                Walk(member.Type, bytes, depth + 1);
            }
            else
            {
                BitField(member, value);
            }
        }
    }

    private readonly void BitField(BtfMember member, ReadOnlySpan<byte> value)
    {
        if ((ulong)member.BitOffset + member.BitSize > (ulong)value.Length * 8 || member.BitSize > 64)
        {
            sink.Nothing("truncated");
            return;
        }

        UInt128 bits = BitRange.Read(value, member.BitOffset, (int)member.BitSize);
        switch (graph.ResolveType(member.Type))
        {
            case BtfInteger integer:
                Scalar(integer, bits, (int)member.BitSize);
                break;
            case BtfEnum { IsSigned: true } enumeration:
                Enumeration(enumeration, (ulong)BitRange.SignExtend(bits, (int)member.BitSize) & MaskOf(enumeration.Size));
                break;
            case BtfEnum enumeration:
                Enumeration(enumeration, bits);
                break;
            default:
                sink.Nothing("no value");
                break;
        }
    }

    private static ulong MaskOf(uint size) => size >= 8 ? ulong.MaxValue : (1UL << (int)(size * 8)) - 1;

    private void Section(BtfDataSection section, ReadOnlySpan<byte> value, int depth)
    {
        sink.BeginStruct();
        foreach (BtfSectionVariable entry in section.Variables)
        {
            if (graph.TryGet(entry.Variable, out BtfType? type) && type is BtfVariable variable && _budget >= 0)
            {
                sink.Member(variable.Name);
                Walk(variable.Type, From(value, entry.Offset), depth + 1);
            }
        }

        sink.EndStruct();
    }
}
