using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading.Tests;

/// <summary>One defect an object, and the finding that names it.</summary>
public sealed class FindingTests
{
    private static ElfEditor Edit(string source, params string[] options) => new(Toolchain.Compile(Toolchain.Newest, source, options));

    [Fact]
    public void Elf_structure()
    {
        ElfEditor hello = Edit("hello.bpf.c");
        AssertError(LoadingRules.Truncated, hello.Image[..^64]);
        AssertError(LoadingRules.Truncated, Edit("hello.bpf.c").With(e => e.SetLong(e.Header(".BTF") + 32, 1 << 30)), ".BTF");
        AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetShort(58, 63)));
        AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetShort(62, 0xfff0)));
        AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetWord(e.Header(".BTF"), 1 << 20)));
        AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetLong(e.Header(".symtab") + 32, e.Long(e.Header(".symtab") + 32) - 1)), ".symtab");
        AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetWord(e.Header(".symtab") + 40, 0)), ".symtab");
    }

    [Fact]
    public void Sections_that_share_bytes()
    {
        string message = AssertError(LoadingRules.MalformedElf, Edit("hello.bpf.c").With(e => e.SetLong(e.Header("license") + 24, 0).SetLong(e.Header("license") + 32, (ulong)e.Image.Length))).Message;
        Assert.Contains("share bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions()
    {
        AssertError(LoadingRules.MalformedFunction, Edit("hello.bpf.c").With(e => e.SetLong(e.Symbol("hello_world") + 16, 0)));
        AssertError(LoadingRules.MalformedFunction, Edit("hello.bpf.c").With(e => e.SetLong(e.Symbol("hello_world") + 16, 12)));
        AssertError(LoadingRules.MalformedFunction, Edit("hello.bpf.c").With(e => e.SetLong(e.Symbol("hello_world") + 8, ulong.MaxValue - 7)));
        Finding overlap = AssertError(LoadingRules.MalformedFunction, Edit("subprograms.bpf.c").With(e => e.SetLong(e.Symbol("hidden") + 16, e.Long(e.Symbol("hidden") + 16) + 8)), ".text");
        Assert.Contains("'hidden'", overlap.Message, StringComparison.Ordinal);
        AssertError(LoadingRules.DuplicateName, Edit("subprograms.bpf.c").With(e => e.SetWord(e.Symbol("first"), e.Word(e.Symbol("second")))), "socket/first");
    }

    [Fact]
    public void Relocations()
    {
        AssertError(LoadingRules.MalformedRelocation, Edit("maps.bpf.c").With(e => e.SetWord(e.Offset(".relsocket") + 8, 2)), "socket");
        AssertError(LoadingRules.MalformedRelocation, Edit("maps.bpf.c").With(e => e.SetWord(e.Offset(".relsocket") + 12, 99999)), "socket");
        AssertError(LoadingRules.MalformedRelocation, Edit("maps.bpf.c").With(e => e.SetLong(e.Offset(".relsocket"), e.Long(e.Offset(".relsocket")) + 8)), "socket");
        AssertError(LoadingRules.MalformedRelocation, Edit("maps.bpf.c").With(e => e.SetLong(e.Offset(".relsocket"), e.Long(e.Offset(".relsocket") + 16))), "socket");
        AssertError(LoadingRules.MalformedRelocation, Edit("maps.bpf.c").With(e => e.SetLong(e.Offset(".relsocket"), 1 << 20)), "socket");
        AssertError(LoadingRules.UnsupportedRelocation, Edit("maps.bpf.c").With(e => e.SetWord(e.Offset("socket") + (int)e.Word(e.Offset(".relsocket")) + 4, 1)), "socket");
        AssertError(LoadingRules.UnsupportedRelocation, Edit("legacy.bpf.c", "-g0").With(e => e.SetShort(e.Symbol("counters") + 6, 0xfff2)), "socket");
        AssertError(LoadingRules.BadAddress, Edit("data.bpf.c", "-g0").With(e => e.SetLong(e.Symbol("custom") + 8, 4)), "socket");
        AssertError(LoadingRules.BadCallTarget, Edit("subprograms.bpf.c", "-g0").With(e => e.SetShort(e.Symbol("hidden") + 6, (ushort)e.Index(".bss"))), "socket/first");
    }

    [Fact]
    public void A_finding_in_code_has_program_slot_and_source_line()
    {
        ElfEditor editor = Edit("subprograms.bpf.c");
        editor.SetLong(editor.Symbol("middle") + 8, editor.Long(editor.Symbol("middle") + 8) + 8).SetLong(editor.Symbol("middle") + 16, editor.Long(editor.Symbol("middle") + 16) - 8);
        Finding[] errors = [.. ObjectFile.Read(editor.Image, "sub.o").Findings];
        Assert.All(errors, error => Assert.NotNull(error.Place.Slot));
        Assert.Contains(errors, error => error.Place is { Object: "shared", Section: ".text", Source.Text: "    return middle(a) - 1;" });
    }

    [Fact]
    public void Unknown_symbols()
    {
        Finding error = AssertError(LoadingRules.UnknownSymbol, Toolchain.Compile(Toolchain.Newest, "missing.bpf.c"), "socket");
        Assert.Contains("'not_here'", error.Message, StringComparison.Ordinal);
        Assert.Equal("    return not_here(1);", error.Place.Source!.Text);
    }

    [Fact]
    public void Map_definitions()
    {
        (string Macro, Rule Rule, string Text)[] cases =
        [
            ("__uint(type, 1); __uint(colour, 5);", LoadingRules.UnknownMapMember, "colour"),
            ("__uint(max_entries, 1);", LoadingRules.MalformedMap, "no member 'type'"),
            ("__uint(type, 1); __type(key, int); __uint(key_size, 8);", LoadingRules.MalformedMap, "differ"),
            ("__uint(type, 1); __uint(pinning, 2);", LoadingRules.MalformedMap, "pinning 2"),
            ("int type;", LoadingRules.MalformedMap, "__uint"),
            ("__uint(type, 1); int key;", LoadingRules.MalformedMap, "__type"),
            ("__uint(type, 1); __type(value, void);", LoadingRules.MalformedMap, "__type"),
            ("__uint(type, 12); int *values;", LoadingRules.MalformedMap, "__array"),
            ("__uint(type, 12); __array(values, int);", LoadingRules.MalformedMap, "neither"),
            ("__uint(type, 12); __array(values, struct { __uint(type, 12); __array(values, int(void)); });", LoadingRules.MalformedMap, "inner"),
        ];
        foreach ((string macro, Rule rule, string text) in cases)
        {
            Finding error = AssertError(rule, Toolchain.Compile(Toolchain.Newest, "onemap.bpf.c", $"-DMEMBERS={macro}"), ".maps");
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
            Assert.StartsWith("one", error.Place.Object, StringComparison.Ordinal);
        }

        AssertError(LoadingRules.MapsNeedTypes, Toolchain.Compile(Toolchain.Newest, "maps.bpf.c", "-g0"), ".maps");
        AssertError(LoadingRules.MalformedMap, Edit("legacy.bpf.c", "-g0").With(e => e.SetLong(e.Symbol("seen") + 8, 30)), "maps");
        AssertError(LoadingRules.MalformedMap, Edit("legacy.bpf.c", "-g0").With(e => e.SetLong(e.Symbol("counters") + 16, 24)), "maps");
        AssertError(LoadingRules.MalformedMapValues, Edit("maps.bpf.c").With(e => e.SetLong(e.Offset(".rel.maps"), 0)), ".maps");
        AssertError(LoadingRules.MalformedMapValues, Edit("maps.bpf.c").With(e => e.SetWord(e.Offset(".rel.maps") + 12, 0)), ".maps");
    }

    [Fact]
    public void Metadata()
    {
        AssertError(LoadingRules.MalformedMetadata, Edit("hello.bpf.c").With(e => e.SetByte(e.Offset("license") + e.Size("license") - 1, (byte)'x')), "license");
        AssertError(LoadingRules.MalformedMetadata, Edit("hello.bpf.c").With(e => e.SetByte(e.Offset("license"), 0x1b)), "license");
        AssertError(LoadingRules.MalformedMetadata, Edit("hello.bpf.c", "-g0").With(e => e.SetLong(e.Header("version") + 32, 3)), "version");
    }

    [Fact]
    public void Type_information()
    {
        int header = 24;
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetShort(e.Offset(".BTF"), 0x9feb)), ".BTF");
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetByte(e.Offset(".BTF") + 2, 2)), ".BTF");
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + 12, uint.MaxValue)), ".BTF");
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + header, uint.MaxValue)), ".BTF");
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + header + 4, 31u << 24)), ".BTF");
        AssertError(LoadingRules.MalformedBtf, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + header + 8, 1 << 30)), ".BTF");

        // Type 1 becomes a typedef of itself, then a pointer to itself, which is legal.
        Finding cycle = AssertError(LoadingRules.MalformedBtf, Edit("hello.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + header + 4, 8u << 24).SetWord(e.Offset(".BTF") + header + 8, 1)), ".BTF");
        Assert.Contains("contains itself", cycle.Message, StringComparison.Ordinal);
        Assert.True(ObjectFile.Read(Edit("hello.bpf.c").With(e => e.SetWord(e.Offset(".BTF") + header + 4, 2u << 24).SetWord(e.Offset(".BTF") + header + 8, 1)), "x").IsSuccess);
        AssertError(LoadingRules.MalformedBtfExt, Edit("types.bpf.c").With(e => e.SetShort(e.Offset(".BTF.ext"), 1)), ".BTF.ext");
        AssertError(LoadingRules.MalformedBtfExt, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF.ext") + 12, uint.MaxValue)), ".BTF.ext");
        AssertError(LoadingRules.MalformedBtfExt, Edit("types.bpf.c").With(e => e.SetWord(e.Offset(".BTF.ext") + (int)e.Word(e.Offset(".BTF.ext") + 4), 4)), ".BTF.ext");
    }

    [Fact]
    public void Warnings_leave_the_object()
    {
        Result<ObjectSpec> result = ObjectFile.Read(Toolchain.Compile(Toolchain.Newest, "pointers.bpf.c"), "x");
        Assert.True(result.IsSuccess);
        Assert.Equal([LoadingRules.DataRelocationIgnored, LoadingRules.NoProgram], result.Findings.Select(finding => finding.Rule));
        Assert.All(result.Findings, finding => Assert.False(finding.IsError));
    }

    [Fact]
    public void Names_cannot_carry_control_characters_into_findings()
    {
        Finding error = AssertError(LoadingRules.MalformedFunction, Edit("hello.bpf.c").With(e => e.SetLong(e.Symbol("hello_world") + 16, 1).SetByte(e.Offset(".strtab") + (int)e.Word(e.Symbol("hello_world")), 0x1b)));
        Assert.DoesNotContain('\x1b', error.ToString());
    }

    private static Finding AssertError(Rule rule, byte[] image, string? section = null)
    {
        Finding error = ObjectFile.Read(image, "test.bpf.o").Findings.First(finding => finding.IsError);
        Assert.Same(rule, error.Rule);
        Assert.Equal("test.bpf.o", error.Place.File);
        if (section is not null)
        {
            Assert.Equal(section, error.Place.Section);
        }

        return error;
    }
}

internal static class ElfEditorExtensions
{
    public static byte[] With(this ElfEditor editor, Action<ElfEditor> change)
    {
        change(editor);
        return editor.Image;
    }
}
