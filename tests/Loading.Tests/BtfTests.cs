using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Skep.Btf;
using Skep.Btf.Formatting;
using Skep.Programs;

namespace Skep.Loading.Tests;

public sealed class BtfTests
{
    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Every_kind_of_type_is_read(Toolchain? toolchain)
    {
        BtfGraph graph = Read(toolchain);
        BtfStruct all = Find<BtfStruct>(graph, "all");
        Assert.Equal((0u, 3u), (all.Members[0].BitOffset, all.Members[0].BitSize));
        Assert.Equal((3u, 5u), (all.Members[1].BitOffset, all.Members[1].BitSize));
        Assert.Equal(Member(graph, all, "huge").Size, graph.SizeOf(MemberId(all, "huge")));
        Assert.Equal(24u, graph.SizeOf(MemberId(all, "grid")));
        Assert.Equal(8u, graph.SizeOf(MemberId(all, "pointer")));
        Assert.IsType<BtfInteger>(graph.ResolveType(((BtfPointer)graph.ResolveType(MemberId(all, "pointer"))!).Target));
        Assert.True(Find<BtfStruct>(graph, "either").IsUnion);
        Assert.Equal(4u, Find<BtfFloat>(graph, "float").Size);
        Assert.Equal("forward", Find<BtfForward>(graph, "forward").Name);
        Assert.Null(graph.SizeOf(graph.FindByName<BtfForward>("forward")!.Value));
        BtfVariable variable = Find<BtfVariable>(graph, "value");
        Assert.Equal(FunctionLinkage.Global, variable.Linkage);
        Assert.Equal(all.Size, graph.SizeOf(graph.FindByName<BtfVariable>("value")!.Value));
        BtfDeclarationTag tag = Find<BtfDeclarationTag>(graph, "tagged");
        Assert.Equal((graph.FindByName<BtfVariable>("value")!.Value, -1), (tag.Target, tag.Component));
        Assert.Contains(graph.Types, type => type is BtfTypeTag { Tag: "user" });
        Assert.Contains(graph.Types, type => type is BtfFunctionPrototype { IsVariadic: true, Parameters.Length: 1 });
        Assert.Contains(graph.Types, type => type is BtfQualified { Qualifier: BtfQualifier.Restrict });

        // clang 14 wrote neither 64-bit values nor signedness of enums.
        if (toolchain!.Version >= 15)
        {
            Assert.Equal([new("BIG", 0x123456789abc), new("SMALL", 1)], Find<BtfEnum>(graph, "wide").Values);
            Assert.Equal([new("MINUS", -1), new("PLUS", 1)], Find<BtfEnum>(graph, "negative").Values);
        }
    }

    [Fact]
    public void Values_print_by_their_types()
    {
        BtfGraph graph = Read(Toolchain.Newest);
        BtfStruct all = Find<BtfStruct>(graph, "all");
        byte[] value = new byte[all.Size];
        value[0] = 0b10110_110; // x = -2, y = 22
        Put(1, "flag");
        Float("f", 1.5f);
        BinaryPrimitives.WriteDoubleLittleEndian(value.AsSpan(At("d")), -0.25);
        "say \"a\""u8.CopyTo(value.AsSpan(At("text")));
        value[At("bytes") + 1] = 255;
        value[At("grid") + 20] = 7;
        int inner = (int)all.Members.Single(member => member.Name.Length == 0).BitOffset / 8;
        value[inner + 2] = 9;
        "ok"u8.CopyTo(value.AsSpan(At("u")));
        value.AsSpan(At("n"), 4).Fill(0xff);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(At("w")), 0x123456789abc);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(At("pointer")), 0xdead);
        value.AsSpan(At("huge"), 16).Fill(0xff);

        BtfTypeId type = graph.FindByName<BtfStruct>("all")!.Value;
        var formatter = new BtfFormatter(graph);
        Assert.Equal(
            "{ x = -2, y = 22, flag = true, f = 1.5, d = -0.25, text = \"say \\\"a\\\"\", bytes = [0, 255, 0], grid = [[0, 0, 0], [0, 0, 7]], "
            + "p = 0, q = 9, u = { a = 27503, b = \"ok\" }, n = MINUS, w = BIG, pointer = 0xdead, forward = 0x0, callback = 0x0, huge = -1 }",
            formatter.ToText(type, value));
        Assert.Equal(
            """{"x":-2,"y":22,"flag":true,"f":1.5,"d":-0.25,"text":"say \u0022a\u0022","bytes":[0,255,0],"grid":[[0,0,0],[0,0,7]],"p":0,"q":9,"u":{"a":27503,"b":"ok"},"n":"MINUS","w":"BIG","pointer":"0xdead","forward":"0x0","callback":"0x0","huge":-1}""",
            Json(graph, type, value));

        value.AsSpan(At("text"), 8).Fill((byte)'x');
        value[At("n")] = 5;
        value[At("huge") + 15] = 0;
        string text = formatter.ToText(type, value);
        Assert.Contains("text = [120, 120, 120, 120, 120, 120, 120, 120]", text, StringComparison.Ordinal);
        Assert.Contains("n = -251", text, StringComparison.Ordinal);
        Assert.Contains("\"huge\":\"0x", Json(graph, type, value), StringComparison.Ordinal);

        int At(string name) => (int)all.Members.Single(member => member.Name == name).BitOffset / 8;
        void Put(byte part, string name) => value[At(name)] = part;
        void Float(string name, float number) => BinaryPrimitives.WriteSingleLittleEndian(value.AsSpan(At(name)), number);
    }

    [Fact]
    public void Missing_bytes_and_types_without_values_print_as_such()
    {
        BtfGraph graph = Read(Toolchain.Newest);
        BtfTypeId type = graph.FindByName<BtfStruct>("all")!.Value;
        for (int length = 0; length <= 120; length++)
        {
            Assert.NotEmpty(new BtfFormatter(graph).ToText(type, new byte[length]));
            Assert.NotNull(JsonDocument.Parse(Json(graph, type, new byte[length])));
        }

        Assert.Equal("<void>", new BtfFormatter(graph).ToText(BtfTypeId.Void, []));
        Assert.Equal("<no value>", new BtfFormatter(graph).ToText(new(99_999), [1]));
        Assert.Equal("null", Json(graph, graph.FindByName<BtfFunction>("helper")!.Value, [1]));
    }

    [Fact]
    public void Function_prototypes_are_spaced_as_bpftool_spaces_them()
    {
        BtfGraph graph = Read(Toolchain.Newest);
        Assert.Equal("int use(void * ctx)", BtfCWriter.FunctionPrototype(graph, graph.FindByName<BtfFunction>("use")!.Value));
        Assert.Equal(
            "__u64 helper(struct all * a, const char * text, int (int)* f, __u64 n)",
            BtfCWriter.FunctionPrototype(graph, graph.FindByName<BtfFunction>("helper")!.Value));
        Assert.Null(BtfCWriter.FunctionPrototype(graph, graph.FindByName<BtfStruct>("all")!.Value));
        Assert.Equal("void", BtfCWriter.TypeName(graph, BtfTypeId.Void));
        BtfStruct all = Find<BtfStruct>(graph, "all");
        Assert.Equal("union either", BtfCWriter.TypeName(graph, MemberId(all, "u")));
        Assert.Equal("enum wide", BtfCWriter.TypeName(graph, MemberId(all, "w")));
        Assert.Equal("int [3][2]", BtfCWriter.TypeName(graph, MemberId(all, "grid")));
    }

    [Fact]
    public void Walks_over_graphs_with_cycles_end()
    {
        // A typedef of itself, a pointer to itself, a struct that holds itself twice, nested empty arrays.
        var graph = new BtfGraph(
        [
            new BtfVoid(),
            new BtfTypedef("loop", new(1)),
            new BtfPointer(new(2)),
            new BtfStruct("twice", false, 8, [new("a", new(3), 0, 0), new("b", new(3), 0, 0)]),
            new BtfStruct("empty", false, 0, []),
            new BtfArray(new(4), new(4), uint.MaxValue),
            new BtfArray(new(7), new(7), uint.MaxValue),
            new BtfArray(new(2), new(2), uint.MaxValue),
            new BtfFunction("f", new(9), FunctionLinkage.Global),
            new BtfFunctionPrototype(new(9), [.. Enumerable.Repeat(new BtfParameter("", new(9)), 100)], false),
        ]);
        Assert.Null(graph.ResolveType(new(1)));
        Assert.Null(graph.SizeOf(new(1)));
        Assert.Equal(8u, graph.SizeOf(new(2)));
        Assert.Equal(0u, graph.SizeOf(new(5)));
        Assert.Null(graph.SizeOf(new(6)));
        Assert.Null(graph.SizeOf(new(1234)));
        var formatter = new BtfFormatter(graph);
        Assert.InRange(formatter.ToText(new(3), new byte[8]).Length, 10, 1_000_000);
        Assert.Equal("[]", formatter.ToText(new(5), new byte[8]));
        Assert.Equal("<no value>", formatter.ToText(new(6), new byte[8]));
        Assert.EndsWith("<truncated>]", formatter.ToText(new(7), new byte[12]), StringComparison.Ordinal);
        Assert.InRange(BtfCWriter.TypeName(graph, new(2)).Length, 1, 1000);
        Assert.InRange(BtfCWriter.FunctionPrototype(graph, new(8))!.Length, 1, 100_000);
    }

    private static BtfGraph Read(Toolchain? toolchain) => Objects.Read(Toolchain.Compile(toolchain, "types.bpf.c")).Btf!;

    private static T Find<T>(BtfGraph graph, string name)
        where T : BtfType
        => (T)graph[graph.FindByName<T>(name)!.Value];

    private static BtfTypeId MemberId(BtfStruct type, string name) => type.Members.Single(member => member.Name == name).Type;

    private static BtfInteger Member(BtfGraph graph, BtfStruct type, string name) => (BtfInteger)graph.ResolveType(MemberId(type, name))!;

    private static string Json(BtfGraph graph, BtfTypeId type, byte[] value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            new BtfFormatter(graph).WriteJson(writer, type, value);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
