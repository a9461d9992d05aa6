using Microsoft.CodeAnalysis;
using Skep.Sdk.Tests.Harness;

namespace Skep.Sdk.Tests;

/// <summary>What cannot be expressed is said, by a code and with the way out; what is left still compiles.</summary>
public sealed class DiagnosticTests
{
    private const string Usings = "using System; using System.Threading.Tasks; using Skep.Contracts; namespace Acme;\n";

    /// <summary>The members of a set, and what is said of them.</summary>
    public static TheoryData<string, string, string> Members { get; } = new()
    {
        { "SKEPSDK003", "'Acme Geo'", """[Helper("Acme Geo")] public void F() { }""" },
        { "SKEPSDK003", "'country'", """[Helper("country")] public void F() { }""" },
        { "SKEPSDK003", "kernel", """[Helper("acme.geo/f", Number = 5)] public void F() { }""" },
        { "SKEPSDK003", "'a b'", """[Helper("acme/f")] public void F([Argument(Name = "a b")] int a) { }""" },
        { "SKEPSDK004", "acme_f", """[Helper("acme/f")] public void F() { } [Helper("acme/f")] public void G() { }""" },
        { "SKEPSDK004", "acme_f_g", """[Helper("acme/f_g")] public void F() { } [Helper("acme-f/g")] public void G() { }""" },
        { "SKEPSDK005", "5", """[Helper("bpf_a", Number = 5)] public void F() { } [Helper("bpf_b", Number = 5)] public void G() { }""" },
        { "SKEPSDK006", "generic", """[Helper("acme/f")] public void F<T>() { }""" },
        { "SKEPSDK006", "asynchronous", """[Helper("acme/f")] public async void F() { await Task.Yield(); }""" },
        { "SKEPSDK007", "string", """[Helper("acme/f")] public void F(string text) { }""" },
        { "SKEPSDK007", "double", """[Helper("acme/f")] public void F(double number) { }""" },
        { "SKEPSDK007", "int*", """[Helper("acme/f")] public unsafe void F(int* place) { }""" },
        { "SKEPSDK007", "without references", """public struct Holder { public object O; } [Helper("acme/f")] public void F(in Holder holder) { }""" },
        { "SKEPSDK007", "each argument by itself", """[Helper("acme/f")] public void F(params ReadOnlySpan<byte> data) { }""" },
        { "SKEPSDK008", "ReadOnlySpan<byte>", """[Helper("acme/f")] public void F(ReadOnlySpan<char> text) { }""" },
        { "SKEPSDK008", "Span<byte>", """[Helper("acme/f")] public void F(Span<uint> numbers) { }""" },
        { "SKEPSDK009", "takes 6", """[Helper("acme/f")] public void F(int a, int b, int c, int d, int e, int f) { }""" },
        { "SKEPSDK009", "takes 6", """[Helper("acme/f")] public void F(ReadOnlySpan<byte> a, Span<byte> b, int c, int d) { }""" },
        { "SKEPSDK010", "'e'", """[Helper("acme/f")] public void F(int a, int b, int c, int d, ReadOnlySpan<byte> e) { }""" },
        { "SKEPSDK011", "string", """[Helper("acme/f")] public string F() => "";""" },
        { "SKEPSDK011", "Task", """[Helper("acme/f")] public Task F() => Task.CompletedTask;""" },
        { "SKEPSDK011", "byte*", """[Helper("acme/f")] public unsafe byte* F() => null;""" },
        { "SKEPSDK011", "int", """[Helper("acme/f")] [return: Result(HelperResultKind.MapValueOrNull)] public int F() => 0;""" },
        { "SKEPSDK012", "'key'", """[Helper("acme/f")] public void F([Argument(HelperArgumentKind.MapKey)] ReadOnlySpan<byte> key, MapRef map) { }""" },
        { "SKEPSDK012", "'F'", """[Helper("acme/f")] public MapValueRef F() => default;""" },
        { "SKEPSDK013", "ProgramTypes", """[Helper("acme/f")] public void F(in Request request) { }""" },
        { "SKEPSDK014", "MapKey", """[Helper("acme/f")] public void F([Argument(HelperArgumentKind.MapKey)] int key) { }""" },
        { "SKEPSDK014", "ConstString", """[Helper("acme/f")] public void F([Argument(HelperArgumentKind.ConstString)] Span<byte> text) { }""" },
        { "SKEPSDK014", "null", """[Helper("acme/f")] public void F([Argument(MaybeNull = true)] in long number) { }""" },
        { "SKEPSDK017", "acme/free", """[Helper("acme/f")] [return: Result(HelperResultKind.MemoryOrNull, ReleasedBy = "acme/free")] public unsafe long* F() => null;""" },
        { "SKEPSDK018", "at least 5", """[Helper("acme/f")] [return: Result(Minimum = 5, Maximum = 1)] public int F() => 0;""" },
        { "SKEPSDK019", "'data'", """[Helper("acme/f")] public unsafe void F([Argument(HelperArgumentKind.ReadableMemory)] byte* data, int size) { }""" },
        { "SKEPSDK021", "'b'", """[Helper("acme/f")] public void F([Argument(IsVariadic = true)] ulong a, int b) { }""" },
        { "SKEPSDK021", "'a'", """[Helper("acme/f")] public void F([Argument(IsVariadic = true)] int a) { }""" },
    };

    /// <summary>Whole types, and what is said of them.</summary>
    public static TheoryData<string, string, string> Types { get; } = new()
    {
        { "SKEPSDK001", "Set", """[HelperSet("acme")] class Set { [Helper("acme/f")] public void F() { } }""" },
        { "SKEPSDK001", "Outer", """class Outer { [HelperSet("acme")] partial class Set { [Helper("acme/f")] public void F() { } } }""" },
        { "SKEPSDK001", "Event", """[ProgramContext("event")] struct Event { public int A; }""" },
        { "SKEPSDK002", "static", """[HelperSet("acme")] static partial class Set { [Helper("acme/f")] public static void F() { } }""" },
        { "SKEPSDK002", "abstract", """[HelperSet("acme")] abstract partial class Set { [Helper("acme/f")] public void F() { } }""" },
        { "SKEPSDK002", "generic", """[HelperSet("acme")] partial class Set<T> { [Helper("acme/f")] public void F() { } }""" },
        { "SKEPSDK003", "'Acme!'", """[HelperSet("Acme!")] partial class Set { [Helper("acme/f")] public void F() { } }""" },
        { "SKEPSDK003", "'int'", """[ProgramContext("int")] partial struct Event { public int A; }""" },
        { "SKEPSDK015", "Set", """partial class Set { [Helper("acme/f")] public void F() { } }""" },
        { "SKEPSDK016", "Set", """[HelperSet("acme")] partial class Set { }""" },
        { "SKEPSDK020", "no number", """[ProgramContext("event")] partial struct Event { public double A; }""" },
        { "SKEPSDK020", "no pointer", """[ProgramContext("event")] partial struct Event { [ContextField(ContextFieldKind.PacketStart)] public uint A; }""" },
        { "SKEPSDK020", "no size", """[ProgramContext("event")] partial struct Event { [ContextField(ContextFieldKind.Memory)] public ulong A; }""" },
        { "SKEPSDK020", "ObjectType", """[ProgramContext("event")] partial struct Event { [ContextField(ContextFieldKind.Object)] public ulong A; }""" },
        { "SKEPSDK020", "'a_b'", """[ProgramContext("event")] partial struct Event { public int AB_; [ContextField(Name = "a_b")] public int C; [ContextField(Name = "a_b")] public int D; }""" },
        { "SKEPSDK020", "not plain memory", """[ProgramContext("event")] partial struct Event { public object A; }""" },
        { "SKEPSDK020", "property", """[ProgramContext("event")] partial struct Event { public int A { get; set; } }""" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_member_that_cannot_be_expressed_is_told(string id, string word, string members)
        => await Expect(id, word, $"[ProgramContext(\"request\")] public partial struct Request {{ public int Length; }}\n[HelperSet(\"acme\")] public partial class Set\n{{\n{members}\n}}");

    [Theory]
    [MemberData(nameof(Types))]
    public Task A_type_that_cannot_be_expressed_is_told(string id, string word, string source) => Expect(id, word, source);

    [Fact]
    public async Task A_sound_set_is_told_nothing()
        => Assert.Empty(await Compiled.Diagnose(Usings + """
            public partial class Outer { internal partial record struct Inner { [HelperSet("acme.geo")] public sealed partial class Set
            {
                [Helper("acme.geo/country", Description = "It's a \"country\".")] public uint Country(uint @default, in long @object, ReadOnlySpan<byte> data) => @default;
                [Helper("acme.geo/is")] public static bool @is(MapRef map) => map.Spec.KeySize == 4;
            } } }
            """));

    [Fact]
    public void Every_rule_is_documented()
    {
        string documented = File.ReadAllText(Path.Combine(Root(), "docs/plugin-diagnostics.md"));
        Assert.All(new SkepAnalyzer().SupportedDiagnostics, rule => Assert.Contains($"| {rule.Id} |", documented, StringComparison.Ordinal));
        Assert.Equal(new SkepAnalyzer().SupportedDiagnostics.Length, documented.Split("\n| SKEPSDK").Length - 1);
    }

    [Fact]
    public void Every_rule_has_a_case_here()
    {
        HashSet<string> tested = [.. Members.Concat(Types).Select(row => row.Data.Item1)];
        Assert.Empty(new SkepAnalyzer().SupportedDiagnostics.Select(rule => rule.Id).Except(tested));
    }

    /// <summary>It is told once, and by nothing but it: the compiler finds generated code in order.</summary>
    private static async Task Expect(string id, string word, string source)
    {
        IReadOnlyList<Diagnostic> found = await Compiled.Diagnose(Usings + source);
        Diagnostic told = Assert.Single(found, diagnostic => diagnostic.Id.StartsWith("SKEPSDK", StringComparison.Ordinal));
        Assert.Equal(id, told.Id);
        Assert.Contains(word, told.GetMessage(), StringComparison.Ordinal);
        Assert.True(told.Location.IsInSource);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != id);
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Framework.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
