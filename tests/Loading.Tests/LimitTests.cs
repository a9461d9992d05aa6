using Skep.Findings;

namespace Skep.Loading.Tests;

/// <summary>Every limit, at its edge and one past it.</summary>
public sealed class LimitTests
{
    private static byte[] Compile(string source) => Toolchain.Compile(Toolchain.Newest, source);

    [Fact]
    public void Object_bytes()
    {
        byte[] image = Compile("hello.bpf.c");
        AssertEdge(image, image.Length, nameof(LoadingLimits.ObjectBytes), (limits, value) => limits with { ObjectBytes = value });
    }

    [Fact]
    public void Sections()
    {
        byte[] image = Compile("hello.bpf.c");
        AssertEdge(image, new ElfEditor(image).SectionCount, nameof(LoadingLimits.Sections), (limits, value) => limits with { Sections = value });
    }

    [Fact]
    public void Symbols()
    {
        byte[] image = Compile("hello.bpf.c");
        AssertEdge(image, new ElfEditor(image).Size(".symtab") / 24, nameof(LoadingLimits.Symbols), (limits, value) => limits with { Symbols = value });
    }

    [Fact]
    public void Relocations()
    {
        byte[] image = Compile("subprograms.bpf.c");
        var editor = new ElfEditor(image);
        int count = new[] { ".rel.text", ".relsocket/first", ".relraw/third", ".relraw/fourth" }.Sum(editor.Size) / 16;
        AssertEdge(image, count, nameof(LoadingLimits.Relocations), (limits, value) => limits with { Relocations = value });
    }

    [Fact]
    public void Types()
    {
        byte[] image = Compile("types.bpf.c");
        AssertEdge(image, Objects.Read(image).Btf!.Count - 1, nameof(LoadingLimits.Types), (limits, value) => limits with { Types = value });
    }

    [Fact]
    public void Type_depth()
    {
        // .data: section, variable, typedef of int.
        byte[] image = Compile("hello.bpf.c");
        int depth = Enumerable.Range(1, 20).First(value => ObjectFile.Read(image, "x", new() { TypeDepth = value }).IsSuccess);
        Assert.InRange(depth, 2, 6);
        AssertEdge(image, depth, nameof(LoadingLimits.TypeDepth), (limits, value) => limits with { TypeDepth = value });
    }

    [Fact]
    public void Instructions()
    {
        byte[] image = Compile("subprograms.bpf.c");
        int longest = Objects.Read(image).Programs.Max(program => program.Instructions.Length);
        int total = Objects.Read(image).Programs.Sum(program => program.Instructions.Length);
        AssertEdge(image, longest, nameof(LoadingLimits.InstructionsPerProgram), (limits, value) => limits with { InstructionsPerProgram = value });
        AssertEdge(image, total, nameof(LoadingLimits.InstructionsPerObject), (limits, value) => limits with { InstructionsPerObject = value });
    }

    [Fact]
    public void Maps()
    {
        AssertEdge(Compile("maps.bpf.c"), 9, nameof(LoadingLimits.Maps), (limits, value) => limits with { Maps = value });
        AssertEdge(Compile("legacy.bpf.c"), 2, nameof(LoadingLimits.Maps), (limits, value) => limits with { Maps = value });
        AssertEdge(Compile("data.bpf.c"), 6, nameof(LoadingLimits.Maps), (limits, value) => limits with { Maps = value });
    }

    [Fact]
    public void Map_slots()
        => AssertEdge(Compile("maps.bpf.c"), 4, nameof(LoadingLimits.MapSlots), (limits, value) => limits with { MapSlots = value });

    [Fact]
    public void Data_section_bytes()
    {
        byte[] image = Compile("data.bpf.c");
        int largest = (int)Objects.Read(image).Maps.Max(map => map.ValueSize);
        AssertEdge(image, largest, nameof(LoadingLimits.DataSectionBytes), (limits, value) => limits with { DataSectionBytes = value });
    }

    [Fact]
    public void Findings_are_kept_up_to_the_limit()
    {
        var editor = new ElfEditor(Compile("subprograms.bpf.c"));
        foreach (string name in (string[])["shared", "hidden", "first", "second", "third"])
        {
            editor.SetLong(editor.Symbol(name) + 16, 3);
        }

        Assert.Equal(5, ObjectFile.Read(editor.Image, "x", new() { Findings = 5 }).Findings.Length);
        Assert.Equal(4, ObjectFile.Read(editor.Image, "x", new() { Findings = 4 }).Findings.Length);
    }

    [Fact]
    public void String_expansion()
    {
        // Types whose names are all the ends of one long string: text of the square of the table.
        byte[] image = Compile("types.bpf.c");
        var editor = new ElfEditor(image);
        int btf = editor.Offset(".BTF");
        int types = btf + 24;
        int typesLength = (int)editor.Word(btf + 12);
        int strings = types + (int)editor.Word(btf + 16);
        int stringsLength = (int)editor.Word(btf + 20);
        editor.Image.AsSpan(strings + 1, stringsLength - 2).Fill((byte)'a');
        int count = typesLength / 12;
        for (int number = 0; number < count; number++)
        {
            // BTF_KIND_FWD
            editor.SetWord(types + (12 * number), 1 + (uint)number).SetWord(types + (12 * number) + 4, 7u << 24).SetWord(types + (12 * number) + 8, 0);
        }

        editor.SetWord(btf + 12, (uint)count * 12);
        Finding error = Objects.OnlyError(editor.Image, new() { StringExpansion = 1 });
        Assert.Same(LoadingRules.MalformedBtf, error.Rule);
        Assert.Contains("StringExpansion", error.Message, StringComparison.Ordinal);
    }

    private static void AssertEdge(byte[] image, int edge, string member, Func<LoadingLimits, int, LoadingLimits> set)
    {
        Assert.True(ObjectFile.Read(image, "x", set(LoadingLimits.Default, edge)).IsSuccess);
        Finding error = ObjectFile.Read(image, "x", set(LoadingLimits.Default, edge - 1)).Findings.First(finding => finding.IsError);
        Assert.Same(LoadingRules.LimitExceeded, error.Rule);
        Assert.Contains($"LoadingLimits.{member}", error.Message, StringComparison.Ordinal);
    }
}
