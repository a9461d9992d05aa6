using System.Buffers.Binary;
using Skep.Btf;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Btf;

/// <summary>The <c>.BTF.ext</c> section: which BTF function starts where, which slot came from which line, and CO-RE relocations.</summary>
internal sealed class BtfExtReader(LoadingContext context, ElfFile elf, BtfGraph graph, StringTable strings)
{
    public const string SectionName = ".BTF.ext";

    private const ushort Magic = 0xeb9f;

    private readonly Dictionary<string, BtfExtSection> _sections = [];
    private readonly Dictionary<(uint File, uint Text, uint Position), SourceLine> _lines = [];

    private delegate bool RecordReader(BtfExtSection section, int slot, ReadOnlySpan<byte> record);

    /// <summary>By the name of the code section; null when there was an error, which is then among the findings.</summary>
    public IReadOnlyDictionary<string, BtfExtSection>? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 24 || BinaryPrimitives.ReadUInt16LittleEndian(bytes) != Magic || bytes[2] != 1)
        {
            Fail("the section does not start with a header of at least 24 bytes, magic number 0xeb9f and version 1", 0);
            return null;
        }

        uint header = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (header < 24 || header > (uint)bytes.Length)
        {
            Fail($"a header of {header} bytes in a section of {bytes.Length}", 4);
            return null;
        }

        bool isSound = ReadPart(bytes, (int)header, 8, 8, AddFunction)
            && ReadPart(bytes, (int)header, 16, 16, AddLine)
            && (header < 32 || ReadPart(bytes, (int)header, 24, 16, AddCoreRelocation));
        if (!isSound)
        {
            return null;
        }

        foreach (BtfExtSection section in _sections.Values)
        {
            Sort(section.Functions, static entry => entry.Slot);
            Sort(section.Lines, static entry => entry.Slot.Value);
            Sort(section.CoreRelocations, static entry => entry.Slot.Value);
        }

        return _sections;
    }

    /// <param name="field">Where the header has the part's offset and length.</param>
    private bool ReadPart(ReadOnlySpan<byte> bytes, int header, int field, int minimumRecord, RecordReader add)
    {
        ulong offset = (ulong)header + Word(bytes, field);
        uint length = Word(bytes, field + 4);
        if (offset + length > (ulong)bytes.Length)
        {
            return Fail($"{length} bytes at {offset} are not inside the {bytes.Length} bytes of the section", field);
        }

        if (length == 0)
        {
            return true;
        }

        ReadOnlySpan<byte> part = bytes.Slice((int)offset, (int)length);
        uint size = length >= 4 ? Word(part, 0) : 0;
        if (size < minimumRecord || size % 4 != 0)
        {
            return Fail($"records of {size} bytes, expected {minimumRecord} or more, a multiple of 4", (int)offset);
        }

        int place = 4;
        while (place < part.Length)
        {
            if (part.Length - place < 8)
            {
                return Fail($"{part.Length - place} bytes are left, a section's header has 8", (int)offset + place);
            }

            string? name = strings.Find(Word(part, place));
            uint count = Word(part, place + 4);
            place += 8;
            if (name is null || count > (uint)(part.Length - place) / size)
            {
                return Fail($"{count} records of {size} bytes for section '{name ?? "?"}' are not inside the part", (int)offset + place - 8);
            }

            int total = (int)(count * size);
            if (!ReadRecords(part.Slice(place, total), (int)size, name, (int)offset + place, add))
            {
                return false;
            }

            place += total;
        }

        return true;
    }

    private bool ReadRecords(ReadOnlySpan<byte> records, int size, string name, int sectionOffset, RecordReader add)
    {
        // libbpf too passes over what belongs to sections that are not there (dropped by a linker or strip).
        if (elf.FindSection(name) is not { IsCode: true } code)
        {
            return true;
        }

        if (!_sections.TryGetValue(name, out BtfExtSection? section))
        {
            _sections.Add(name, section = new());
        }

        for (int place = 0; place < records.Length; place += size)
        {
            ReadOnlySpan<byte> record = records.Slice(place, size);
            uint offset = Word(record, 0);
            if (offset % 8 != 0 || offset >= code.Size)
            {
                return Fail($"instruction offset {offset} is not a multiple of 8 inside the {code.Size} bytes of section '{name}'", sectionOffset + place);
            }

            if (!add(section, (int)(offset / 8), record))
            {
                return Fail($"a record for byte {offset} of section '{name}' refers to a type or a string that is not there", sectionOffset + place);
            }
        }

        return true;
    }

    private bool AddFunction(BtfExtSection section, int slot, ReadOnlySpan<byte> record)
    {
        var type = new BtfTypeId(Word(record, 4));
        section.Functions.Add((slot, type));
        return graph.TryGet(type, out BtfType? function) && function is BtfFunction;
    }

    private bool AddLine(BtfExtSection section, int slot, ReadOnlySpan<byte> record)
    {
        (uint File, uint Text, uint Position) key = (Word(record, 4), Word(record, 8), Word(record, 12));
        if (!_lines.TryGetValue(key, out SourceLine? line))
        {
            if (strings.Find(key.File) is not { } file || strings.Find(key.Text) is not { } text)
            {
                return false;
            }

            line = new(file, (int)(key.Position >> 10), (int)(key.Position & 0x3ff), text);
            _lines.Add(key, line);
        }

        section.Lines.Add(new(new(slot), line));
        return true;
    }

    private bool AddCoreRelocation(BtfExtSection section, int slot, ReadOnlySpan<byte> record)
    {
        var type = new BtfTypeId(Word(record, 4));
        var kind = (CoreRelocationKind)Word(record, 12);
        if (!graph.Contains(type) || strings.Find(Word(record, 8)) is not { } access || kind > CoreRelocationKind.TypeMatches)
        {
            return false;
        }

        section.CoreRelocations.Add(new(new(slot), type, access, kind));
        return true;
    }

    /// <summary>Sorts, and keeps the last entry of each slot: the one that libbpf and the kernel would show.</summary>
    private static void Sort<T>(List<T> entries, Func<T, int> slotOf)
    {
        bool isSorted = true;
        for (int index = 1; index < entries.Count && isSorted; index++)
        {
            isSorted = slotOf(entries[index - 1]) < slotOf(entries[index]);
        }

        if (isSorted)
        {
            return;
        }

        // OrderBy keeps the file's order among equals, which List.Sort does not.
        List<T> ordered = [.. entries.OrderBy(slotOf)];
        entries.Clear();
        foreach (T entry in ordered)
        {
            if (entries.Count > 0 && slotOf(entries[^1]) == slotOf(entry))
            {
                entries[^1] = entry;
            }
            else
            {
                entries.Add(entry);
            }
        }
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[place..]);

    private bool Fail(string message, int offset)
    {
        context.Error(LoadingRules.MalformedBtfExt, message, SectionName, offset);
        return false;
    }
}
