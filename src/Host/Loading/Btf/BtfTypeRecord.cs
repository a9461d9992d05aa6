using System.Buffers.Binary;
using System.Collections.Immutable;
using Skep.Btf;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Btf;

/// <summary>One <c>struct btf_type</c> with what follows it: the bytes of one type become a node.</summary>
internal ref struct BtfTypeRecord(ReadOnlySpan<byte> bytes, StringTable strings)
{
    private const int FixedSize = 12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private string? _problem;

    /// <summary>In bytes, once it was read.</summary>
    public int Length { get; private set; }

    private readonly uint Info => Word(4);

    private readonly int Count => (int)(Info & 0xffff);

    private readonly bool KindFlag => Info >> 31 != 0;

    /// <summary><c>size</c> or <c>type</c>, as the kind wants it.</summary>
    private readonly uint Payload => Word(8);

    private readonly BtfTypeId Target => new(Payload);

    /// <summary>Null, with what is wrong in <paramref name="problem"/>, when the record is malformed.</summary>
    public BtfType? Read(out string? problem)
    {
        BtfType? type = null;
        if (_bytes.Length < FixedSize)
        {
            _problem = $"{_bytes.Length} bytes are left, a type has at least {FixedSize}";
        }
        else if (SizeOfTail() is not { } tail)
        {
            _problem = $"unknown kind {(Info >> 24) & 0x1f}";
        }
        else if (tail > _bytes.Length - FixedSize)
        {
            _problem = $"{_bytes.Length} bytes are left, this type has {FixedSize + tail}";
        }
        else
        {
            Length = FixedSize + tail;
            type = Node(Text(0));
        }

        problem = _problem;
        return problem is null ? type : null;
    }

    private readonly BtfKind Kind => (BtfKind)((Info >> 24) & 0x1f);

    private readonly int? SizeOfTail() => Kind switch
    {
        BtfKind.Integer or BtfKind.Variable or BtfKind.DeclarationTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => Count * 12,
        BtfKind.Enum or BtfKind.FunctionPrototype => Count * 8,
        BtfKind.Pointer or BtfKind.Forward or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict
            or BtfKind.Function or BtfKind.Float or BtfKind.TypeTag => 0,
        _ => null,
    };

    private BtfType Node(string name) => Kind switch
    {
        BtfKind.Integer => Integer(name),
        BtfKind.Pointer => new BtfPointer(Target),
        BtfKind.Array => new BtfArray(new(Word(12)), new(Word(16)), Word(20)),
        BtfKind.Struct => new BtfStruct(name, IsUnion: false, Payload, Members()),
        BtfKind.Union => new BtfStruct(name, IsUnion: true, Payload, Members()),
        BtfKind.Enum => new BtfEnum(name, EnumSize(), KindFlag, Values()),
        BtfKind.Forward => new BtfForward(name, KindFlag),
        BtfKind.Typedef => new BtfTypedef(name, Target),
        BtfKind.Volatile => new BtfQualified(BtfQualifier.Volatile, Target),
        BtfKind.Const => new BtfQualified(BtfQualifier.Const, Target),
        BtfKind.Restrict => new BtfQualified(BtfQualifier.Restrict, Target),
        BtfKind.Function => new BtfFunction(name, Target, Linkage((uint)Count)),
        BtfKind.FunctionPrototype => Prototype(),
        BtfKind.Variable => new BtfVariable(name, Target, Linkage(Word(12))),
        BtfKind.DataSection => new BtfDataSection(name, Payload, Variables()),
        BtfKind.Float => new BtfFloat(name, FloatSize()),
        BtfKind.DeclarationTag => new BtfDeclarationTag(name, Target, (int)Word(12)),
        BtfKind.TypeTag => new BtfTypeTag(name, Target),
        _ => new BtfEnum(name, EnumSize(), KindFlag, WideValues()),
    };

    private BtfInteger Integer(string name)
    {
        uint data = Word(12);
        byte offset = (byte)(data >> 16);
        byte bits = (byte)data;
        uint encoding = data >> 24;
        if (Payload is 0 or > 16 || bits is 0 or > 128 || offset + bits > Payload * 8 || encoding > 7)
        {
            _problem ??= $"an integer of {bits} bits at bit {offset} of {Payload} bytes, encoding {encoding}";
        }

        return new(name, Payload, (BtfIntegerEncoding)encoding, offset, bits);
    }

    private uint EnumSize()
    {
        if (Payload is not (1 or 2 or 4 or 8))
        {
            _problem ??= $"an enum of {Payload} bytes, expected 1, 2, 4 or 8";
        }

        return Payload;
    }

    private uint FloatSize()
    {
        if (Payload is not (2 or 4 or 8 or 12 or 16))
        {
            _problem ??= $"a float of {Payload} bytes, expected 2, 4, 8, 12 or 16";
        }

        return Payload;
    }

    private ImmutableArray<BtfMember> Members()
    {
        var members = ImmutableArray.CreateBuilder<BtfMember>(Count);
        for (int place = FixedSize; place < Length; place += 12)
        {
            uint offset = Word(place + 8);
            (uint bitOffset, uint bitSize) = KindFlag ? (offset & 0xffffff, offset >> 24) : (offset, 0u);
            if (bitSize == 0 && bitOffset % 8 != 0 && KindFlag)
            {
                _problem ??= $"a member at bit {bitOffset} that is no bit field";
            }

            members.Add(new(Text(place), new(Word(place + 4)), bitOffset, bitSize));
        }

        return members.MoveToImmutable();
    }

    private ImmutableArray<BtfEnumValue> Values()
    {
        var values = ImmutableArray.CreateBuilder<BtfEnumValue>(Count);
        for (int place = FixedSize; place < Length; place += 8)
        {
            uint value = Word(place + 4);
            values.Add(new(Text(place), KindFlag ? (int)value : value));
        }

        return values.MoveToImmutable();
    }

    private ImmutableArray<BtfEnumValue> WideValues()
    {
        var values = ImmutableArray.CreateBuilder<BtfEnumValue>(Count);
        for (int place = FixedSize; place < Length; place += 12)
        {
            values.Add(new(Text(place), (long)(Word(place + 4) | ((ulong)Word(place + 8) << 32))));
        }

        return values.MoveToImmutable();
    }

    /// <summary>A last parameter of type void without a name stands for <c>...</c>.</summary>
    private BtfFunctionPrototype Prototype()
    {
        bool isVariadic = Length > FixedSize && Word(Length - 8) == 0 && Word(Length - 4) == 0;
        var parameters = ImmutableArray.CreateBuilder<BtfParameter>();
        for (int place = FixedSize; place < Length - (isVariadic ? 8 : 0); place += 8)
        {
            parameters.Add(new(Text(place), new(Word(place + 4))));
        }

        return new(Target, parameters.ToImmutable(), isVariadic);
    }

    private readonly ImmutableArray<BtfSectionVariable> Variables()
    {
        var variables = ImmutableArray.CreateBuilder<BtfSectionVariable>(Count);
        for (int place = FixedSize; place < Length; place += 12)
        {
            variables.Add(new(new(Word(place)), Word(place + 4), Word(place + 8)));
        }

        return variables.MoveToImmutable();
    }

    private FunctionLinkage Linkage(uint value)
    {
        if (value > (uint)FunctionLinkage.Extern)
        {
            _problem ??= $"linkage {value}, expected 0 to 2";
        }

        return (FunctionLinkage)value;
    }

    private string Text(int place)
    {
        uint offset = Word(place);
        string? text = strings.Find(offset);
        if (text is null)
        {
            _problem ??= strings.IsExhausted
                ? "the names overlap too often to be real (LoadingLimits.StringExpansion)"
                : $"a name at {offset} is not inside the {strings.Length} bytes of strings";
        }

        return text ?? "";
    }

    private readonly uint Word(int place) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[place..]);
}

/// <summary><c>BTF_KIND_*</c>.</summary>
internal enum BtfKind : byte
{
    Integer = 1,
    Pointer,
    Array,
    Struct,
    Union,
    Enum,
    Forward,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Function,
    FunctionPrototype,
    Variable,
    DataSection,
    Float,
    DeclarationTag,
    TypeTag,
    Enum64,
}
