using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skep.Btf;
using Skep.Core.Tests.Verification;
using Skep.Flow;
using Skep.Programs;
using Skep.Programs.Dump;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Core.Tests.Dump;

/// <summary>Expected texts are what bpftool 7.1 printed for the same program, but for the helper's number: Linux replaces that by an offset.</summary>
public sealed class ProgramDumpTests
{
    private const string FormatLine = "    ({ char _fmt[] = \"Hello, World!\"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });";

    /// <summary>samples/hello/hello.bpf.o, as the loader gives it.</summary>
    internal static ProgramSpec Hello => VerifierFixture.Spec("""
        r1 = 33
        *(u16 *)(r10 -4) = r1
        r1 = 1684828783
        *(u32 *)(r10 -8) = r1
        r1 = 0x57202c6f6c6c6548
        *(u64 *)(r10 -16) = r1
        r1 = r10
        r1 += -16
        r2 = 14
        call unknown#6
        r0 = 0
        exit
        """) with
    {
        Name = "hello_world",
        Btf = new BtfGraph(
        [
            new BtfVoid(),
            new BtfPointer(BtfTypeId.Void),
            new BtfFunctionPrototype(new BtfTypeId(3), [new BtfParameter("ctx", new BtfTypeId(1))], IsVariadic: false),
            new BtfInteger("int", 4, BtfIntegerEncoding.Signed, 0, 32),
            new BtfFunction("hello_world", new BtfTypeId(2), FunctionLinkage.Global),
        ]),
        Functions = [new("hello_world", new SlotIndex(0), 13, FunctionLinkage.Global, new BtfTypeId(4))],
        Lines =
        [
            Line(0, 8, 0, "int hello_world(void *ctx)"),
            Line(1, 10, 13, FormatLine),
            Line(8, 0, 0, ""),
            Line(9, 10, 39, FormatLine),
            Line(11, 11, 5, "    return 0;"),
        ],
    };

    /// <summary>Two functions, a loop, both kinds of successor.</summary>
    internal static ProgramSpec Branches => VerifierFixture.Spec("""
        call unknown#7
        r1 = r0
        call pc+7
        r6 = 3
        if r0 == 0x1 goto pc+2
        r6 -= 1
        if r6 != 0x0 goto pc-2
        r0 = 0x1
        exit
        r0 = r1
        if r1 > 0x4 goto pc+1
        goto pc+1
        r0 += 1
        exit
        """);

    [Fact]
    public void The_example_of_the_design_comes_out_byte_for_byte() => Assert.Equal(
        """
        int hello_world(void * ctx):
        ; int hello_world(void *ctx)
           0: (b7) r1 = 33                  /* ! */
        ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
           1: (6b) *(u16 *)(r10 -4) = r1
           2: (b7) r1 = 1684828783          /* dlro */
           3: (63) *(u32 *)(r10 -8) = r1
           4: (18) r1 = 0x57202c6f6c6c6548  /* W ,olleH */
           6: (7b) *(u64 *)(r10 -16) = r1
           7: (bf) r1 = r10
        ;
           8: (07) r1 += -16
        ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
           9: (b7) r2 = 14
          10: (85) call bpf_trace_printk#6
        ; return 0;
          11: (b7) r0 = 0
          12: (95) exit

        """,
        Text(ProgramDump.Of(Hello)));

    [Fact]
    public void Plain_is_what_bpftool_prints_space_after_an_empty_line_included()
    {
        string plain = Text(ProgramDump.Of(Hello, DumpOptions.Default with { Plain = true }));

        Assert.DoesNotContain("/*", plain, StringComparison.Ordinal);
        Assert.Contains("   7: (bf) r1 = r10\n; \n   8: (07) r1 += -16\n", plain, StringComparison.Ordinal);
        Assert.Contains("   0: (b7) r1 = 33\n", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Opcodes_and_line_numbers_are_shown_on_demand()
    {
        string text = Text(ProgramDump.Of(Hello, DumpOptions.Default with { Plain = true, Opcodes = true, LineNumbers = true }));

        Assert.StartsWith(
            """
            int hello_world(void * ctx):
            ; int hello_world(void *ctx) [file:./hello/hello.bpf.c line_num:8 line_col:0]
               0: (b7) r1 = 33
                   b7 01 00 00 21 00 00 00
            ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); }); [file:./hello/hello.bpf.c line_num:10 line_col:13]
               1: (6b) *(u16 *)(r10 -4) = r1

            """,
            text,
            StringComparison.Ordinal);
        Assert.Contains("\n;  [file:./hello/hello.bpf.c line_num:0 line_col:0]\n", text, StringComparison.Ordinal);
        Assert.Contains("\n       18 01 00 00 48 65 6c 6c 00 00 00 00 6f 2c 20 57\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_members_of_bpftool()
    {
        string json = Json(ProgramDump.Of(Hello, DumpOptions.Default with { Opcodes = true, LineNumbers = true }));

        Assert.StartsWith(
            """[{"proto":"int hello_world(void * ctx)","src":"int hello_world(void *ctx)","file":"./hello/hello.bpf.c","line_num":8,"disasm":"(b7) r1 = 33","opcodes":{"code":"0xb7","src_reg":"0x0","dst_reg":"0x1","off":["0x00","0x00"],"imm":["0x21","0x00","0x00","0x00"]}},{"src":"({ char _fmt[] = \"Hello, World!\"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });","file":"./hello/hello.bpf.c","line_num":10,"line_col":13,"disasm":"(6b) *(u16 *)(r10 -4) = r1",""",
            json,
            StringComparison.Ordinal);
        Assert.Contains("""{"src":"","file":"./hello/hello.bpf.c","disasm":"(07) r1 += -16",""", json, StringComparison.Ordinal);
        Assert.Contains("""{"disasm":"(18) r1 = 0x57202c6f6c6c6548","opcodes":{"code":"0x18","src_reg":"0x0","dst_reg":"0x1","off":["0x00","0x00"],"imm":["0x48","0x65","0x6c","0x6c","0x00","0x00","0x00","0x00","0x6f","0x2c","0x20","0x57"]}}""", json, StringComparison.Ordinal);
        Assert.EndsWith("""{"disasm":"(95) exit","opcodes":{"code":"0x95","src_reg":"0x0","dst_reg":"0x0","off":["0x00","0x00"],"imm":["0x00","0x00","0x00","0x00"]}}]""", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_graph_is_drawn_as_bpftool_draws_it()
    {
        ProgramDump dump = ProgramDump.Of(Branches, new DumpOptions { Plain = true });

        Assert.Equal(
            """
            digraph "DOT graph for eBPF program" {
            subgraph "cluster_0" {
            	style="dashed";
            	color="black";
            	label="func_0 ()";
            	fn_0_bb_0 [shape=Mdiamond,style=filled,label="ENTRY"];

            	fn_0_bb_2 [shape=record,style=filled,label="{   0: (85) call bpf_get_prandom_u32#7\l\
             |    1: (bf) r1 = r0\l\
             |    2: (85) call pc+7\l\
             |    3: (b7) r6 = 3\l\
             |    4: (15) if r0 == 0x1 goto pc+2\l\
            }"];

            	fn_0_bb_3 [shape=record,style=filled,label="{   5: (17) r6 -= 1\l\
             |    6: (55) if r6 != 0x0 goto pc-2\l\
            }"];

            	fn_0_bb_4 [shape=record,style=filled,label="{   7: (18) r0 = 0x1\l\
             |    9: (95) exit\l\
            }"];

            	fn_0_bb_1 [shape=Mdiamond,style=filled,label="EXIT"];

            	fn_0_bb_0:s -> fn_0_bb_2:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_2:s -> fn_0_bb_3:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_2:s -> fn_0_bb_4:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_3:s -> fn_0_bb_4:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_3:s -> fn_0_bb_3:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_4:s -> fn_0_bb_1:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_0_bb_0:s -> fn_0_bb_1:n [style="invis", constraint=true];
            }
            subgraph "cluster_1" {
            	style="dashed";
            	color="black";
            	label="func_1 ()";
            	fn_1_bb_0 [shape=Mdiamond,style=filled,label="ENTRY"];

            	fn_1_bb_2 [shape=record,style=filled,label="{   0: (bf) r0 = r1\l\
             |    1: (25) if r1 \> 0x4 goto pc+1\l\
            }"];

            	fn_1_bb_3 [shape=record,style=filled,label="{   2: (05) goto pc+1\l\
            }"];

            	fn_1_bb_4 [shape=record,style=filled,label="{   3: (07) r0 += 1\l\
            }"];

            	fn_1_bb_5 [shape=record,style=filled,label="{   4: (95) exit\l\
            }"];

            	fn_1_bb_1 [shape=Mdiamond,style=filled,label="EXIT"];

            	fn_1_bb_0:s -> fn_1_bb_2:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_2:s -> fn_1_bb_3:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_2:s -> fn_1_bb_4:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_3:s -> fn_1_bb_5:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_4:s -> fn_1_bb_5:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_5:s -> fn_1_bb_1:n [style="solid,bold", color=black, weight=10, constraint=true];
            	fn_1_bb_0:s -> fn_1_bb_1:n [style="invis", constraint=true];
            }
            }

            """,
            Graph(dump));
    }

    [Fact]
    public void An_early_exit_leads_to_the_exit()
    {
        // bpftool 7.1 draws it to the next block, which is wrong.
        string graph = Graph(ProgramDump.Of(VerifierFixture.Spec("r0 = 0\nif r1 == 0x0 goto pc+1\nexit\nr0 = 1\nexit")));

        Assert.Contains("fn_0_bb_3:s -> fn_0_bb_1:n", graph, StringComparison.Ordinal);
        Assert.DoesNotContain("fn_0_bb_3:s -> fn_0_bb_4:n", graph, StringComparison.Ordinal);
    }

    [Fact]
    public void Headings_can_be_given()
    {
        string text = Text(ProgramDump.Of(Hello, new() { Prototype = function => $"long {function.Name}()" }));

        Assert.StartsWith("long hello_world():\n; int", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_come_from_the_object()
    {
        ProgramSpec spec = VerifierFixture.Spec("r1 = map[id:0]\nr2 = map[id:0][0]+8\nr3 = subprog[+3]\ncall pc+2\ncall kernel-function#0\nexit\nexit") with
        {
            Functions = [new("main", new SlotIndex(0), 9, FunctionLinkage.Global, null), new("helper", new SlotIndex(9), 1, FunctionLinkage.Static, null)],
            References =
            [
                new MapReference(new SlotIndex(0), "counts"),
                new MapValueReference(new SlotIndex(2), ".rodata", 8),
                new FunctionReference(new SlotIndex(4), new SlotIndex(9)),
                new ExternReference(new SlotIndex(7), "acme_country", ExternKind.NamedFunction, IsWeak: false),
            ],
        };

        Assert.Equal(
            """
               0: (18) r1 = map[name:counts]
               2: (18) r2 = map[name:.rodata][0]+8
               4: (18) r3 = subprog[helper]
               6: (85) call pc+2#helper
               7: (85) call acme_country#0
               8: (95) exit
               9: (95) exit

            """,
            Text(ProgramDump.Of(spec)));
        Assert.Contains("   4: (18) r3 = subprog[+3]\n   6: (85) call pc+2\n", Text(ProgramDump.Of(spec, new() { Plain = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_do_not_reach_the_terminal()
    {
        ProgramSpec spec = VerifierFixture.Spec("r0 = 0\nexit") with { Lines = [Line(0, 1, 1, "\t int\tx; \u001b[2J\r\n")] };

        Assert.StartsWith("; int\tx; ?[2J??\n", Text(ProgramDump.Of(spec)), StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_programs_are_dumped_too()
    {
        ProgramSpec spec = VerifierFixture.Spec("invalid 0x0000000000000bb7\ninvalid 0x0000000000000018\nexit");

        Assert.Equal("   0: (b7) invalid 0xbb7\n   1: (18) invalid 0x18\n   2: (95) exit\n", Text(ProgramDump.Of(spec)));
        Assert.Contains("\"disasm\":\"(b7) invalid 0xbb7\"", Json(ProgramDump.Of(spec)), StringComparison.Ordinal);
    }

    internal static string Text(ProgramDump dump)
    {
        using var writer = new StringWriter();
        dump.WriteText(writer);
        return writer.ToString();
    }

    internal static string Json(ProgramDump dump)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            dump.WriteJson(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static string Graph(ProgramDump dump)
    {
        ControlFlowGraph flow = Verifier.Verify(VerifierFixture.Link(dump.Spec), Limits.Default, VerificationPolicy.Default).GetOrThrow().Flow;
        using var writer = new StringWriter();
        dump.WriteGraph(writer, flow);
        return writer.ToString();
    }

    private static LineInfo Line(int slot, int line, int column, string text) =>
        new(new SlotIndex(slot), new SourceLine("./hello/hello.bpf.c", line, column, text));
}
