using System.Buffers.Binary;
using System.Text;

namespace Skep.Loading.Tests;

/// <summary>Finds and changes single fields of an object's image, written without the code under test.</summary>
internal sealed class ElfEditor(byte[] image)
{
    public byte[] Image { get; } = [.. image];

    public int SectionCount => BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(60));

    private int Headers => (int)BinaryPrimitives.ReadUInt64LittleEndian(Image.AsSpan(40));

    /// <summary>Where the header of a section starts in the file.</summary>
    public int Header(string name) => Headers + (64 * Index(name));

    public int Index(string name)
    {
        int names = Headers + (64 * BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(62)));
        int table = (int)Long(names + 24);
        for (int index = 0; index < SectionCount; index++)
        {
            ReadOnlySpan<byte> text = Image.AsSpan(table + (int)Word(Headers + (64 * index)));
            if (Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]) == name)
            {
                return index;
            }
        }

        throw new ArgumentException($"no section {name}");
    }

    /// <summary>Where a section's bytes start in the file.</summary>
    public int Offset(string name) => (int)Long(Header(name) + 24);

    public int Size(string name) => (int)Long(Header(name) + 32);

    /// <summary>Where the symbol starts in the file.</summary>
    public int Symbol(string name)
    {
        int names = Offset(".strtab");
        for (int place = Offset(".symtab"); place < Offset(".symtab") + Size(".symtab"); place += 24)
        {
            ReadOnlySpan<byte> text = Image.AsSpan(names + (int)Word(place));
            if (Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]) == name)
            {
                return place;
            }
        }

        throw new ArgumentException($"no symbol {name}");
    }

    public uint Word(int place) => BinaryPrimitives.ReadUInt32LittleEndian(Image.AsSpan(place));

    public ulong Long(int place) => BinaryPrimitives.ReadUInt64LittleEndian(Image.AsSpan(place));

    public ElfEditor SetByte(int place, byte value)
    {
        Image[place] = value;
        return this;
    }

    public ElfEditor SetShort(int place, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Image.AsSpan(place), value);
        return this;
    }

    public ElfEditor SetWord(int place, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Image.AsSpan(place), value);
        return this;
    }

    public ElfEditor SetLong(int place, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Image.AsSpan(place), value);
        return this;
    }
}
