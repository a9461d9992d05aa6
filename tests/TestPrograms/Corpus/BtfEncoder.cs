using System.Text;
using Skep.Btf;

namespace Skep.TestPrograms.Corpus;

/// <summary>A graph as the bytes that the kernel takes (Documentation/bpf/btf.rst), numbers kept. What only a linker understands (sections, variables, externs) becomes a plain integer.</summary>
internal sealed class BtfEncoder
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;

    private readonly MemoryStream _types = new();
    private readonly MemoryStream _strings = new();
    private readonly Dictionary<string, uint> _names = new() { [""] = 0 };
    private readonly BinaryWriter _writer;

    private BtfEncoder()
    {
        _strings.WriteByte(0);
        _writer = new BinaryWriter(_types);
    }

    internal static byte[] Encode(BtfGraph graph)
    {
        var encoder = new BtfEncoder();
        foreach (BtfType type in graph.Types.Skip(1))
        {
            encoder.Write(type);
        }

        var result = new MemoryStream();
        var writer = new BinaryWriter(result);
        writer.Write(Magic);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(HeaderSize);
        writer.Write(0);
        writer.Write((int)encoder._types.Length);
        writer.Write((int)encoder._types.Length);
        writer.Write((int)encoder._strings.Length);
        encoder._types.WriteTo(result);
        encoder._strings.WriteTo(result);
        return result.ToArray();
    }

    private void Write(BtfType type)
    {
        switch (type)
        {
            case BtfInteger integer:
                Head(integer.Name, kind: 1, 0, integer.Size);
                _writer.Write((uint)integer.Encoding << 24 | (uint)integer.BitOffset << 16 | integer.Bits);
                break;
            case BtfPointer pointer:
                Head("", kind: 2, 0, pointer.Target.Value);
                break;
            case BtfArray array:
                Head("", kind: 3, 0, 0);
                _writer.Write(array.Element.Value);
                _writer.Write(array.Index.Value);
                _writer.Write(array.Count);
                break;
            case BtfStruct composite:
                WriteStruct(composite);
                break;
            case BtfEnum enumeration:
                Head(enumeration.Name, enumeration.Size == sizeof(ulong) ? 19 : 6, enumeration.Values.Length, enumeration.Size);
                foreach (BtfEnumValue value in enumeration.Values)
                {
                    WriteEnumValue(value, enumeration.Size);
                }

                break;
            case BtfForward forward:
                Head(forward.Name, kind: 7, 0, 0);
                break;
            case BtfTypedef typedef:
                Head(typedef.Name, kind: 8, 0, typedef.Target.Value);
                break;
            case BtfQualified qualified:
                Head("", qualified.Qualifier switch { BtfQualifier.Volatile => 9, BtfQualifier.Const => 10, _ => 11 }, 0, qualified.Target.Value);
                break;
            case BtfTypeTag tag:
                Head(tag.Tag, kind: 18, 0, tag.Target.Value);
                break;
            case BtfFloat real:
                Head(real.Name, kind: 16, 0, real.Size);
                break;
            case BtfVariable or BtfDataSection or BtfFunction { Linkage: Programs.FunctionLinkage.Extern }:
                Head("int", kind: 1, 0, sizeof(int));
                _writer.Write(sizeof(int) * 8);
                break;
            case BtfFunctionPrototype prototype:
                Head("", kind: 13, prototype.Parameters.Length, prototype.Return.Value);
                foreach (BtfParameter parameter in prototype.Parameters)
                {
                    _writer.Write(NameOf(parameter.Name));
                    _writer.Write(parameter.Type.Value);
                }

                break;
            case BtfFunction function:
                Head(function.Name, kind: 12, (int)function.Linkage, function.Prototype.Value);
                break;
            case BtfDeclarationTag tag:
                Head(tag.Tag, kind: 17, 0, tag.Target.Value);
                _writer.Write(tag.Component);
                break;
            default:
                throw new NotSupportedException($"types of the kind {type.GetType().Name} are not written");
        }
    }

    private void WriteStruct(BtfStruct composite)
    {
        Head(composite.Name, composite.IsUnion ? 5 : 4, composite.Members.Length, composite.Size);
        foreach (BtfMember member in composite.Members)
        {
            _writer.Write(NameOf(member.Name));
            _writer.Write(member.Type.Value);
            _writer.Write(member.BitOffset);
        }
    }

    private void WriteEnumValue(BtfEnumValue value, uint size)
    {
        _writer.Write(NameOf(value.Name));
        _writer.Write((uint)value.Value);
        if (size == sizeof(ulong))
        {
            _writer.Write((uint)(value.Value >> 32));
        }
    }

    private void Head(string name, int kind, int count, uint sizeOrType)
    {
        _writer.Write(NameOf(name));
        _writer.Write(kind << 24 | count);
        _writer.Write(sizeOrType);
    }

    private uint NameOf(string name)
    {
        if (!_names.TryGetValue(name, out uint offset))
        {
            offset = (uint)_strings.Length;
            _names.Add(name, offset);
            _strings.Write(Encoding.ASCII.GetBytes(name + '\0'));
        }

        return offset;
    }
}
