using System.Collections.Immutable;
using Skep.Programs;
using Skep.TestPrograms.Corpus;

namespace Skep.Verification.Tests;

/// <summary>The format of corpus files: what is read, and that nothing wrong is passed over.</summary>
public sealed class CorpusReaderTests
{
    [Fact]
    public void An_entry_has_all_that_is_written()
    {
        ImmutableArray<CorpusEntry> entries = CorpusReader.Read(
            "family.corpus",
            """
            # comment

            === first case
            type: xdp   # why
            flags: unprivileged strict license=MIT
            func: global int f(u64 a, struct mem8 *p __arg_nonnull)
            func: static g(void *ctx)
            expect: SKEP3207@5 SKEP3401
            kernel: accept
            reason: because
            ---
            call f   ; comment

            exit
            === second
            expect: accept
            ---
            exit
            """);

        Assert.Equal(2, entries.Length);
        CorpusEntry entry = entries[0];
        Assert.Equal(("family/first case", "family.corpus:3", "xdp", "MIT"), (entry.Id, entry.Place, entry.Type, entry.License));
        Assert.Equal(CorpusFlags.Unprivileged | CorpusFlags.Strict, entry.Flags);
        Assert.Equal([new("SKEP3207", 5), new("SKEP3401", null)], entry.Expected);
        Assert.True(entry.KernelAccepts);
        Assert.Equal([new CorpusLine(12, "call f   ; comment"), new CorpusLine(14, "exit")], entry.Lines);
        Assert.Equal(("f", "int", FunctionLinkage.Global), (entry.Functions[0].Name, entry.Functions[0].Return, entry.Functions[0].Linkage));
        Assert.Equal([new("u64", "a", null), new("mem8*", "p", "nonnull")], entry.Functions[0].Parameters);
        Assert.Equal(("g", "u64", FunctionLinkage.Static), (entry.Functions[1].Name, entry.Functions[1].Return, entry.Functions[1].Linkage));
        Assert.Equal(("socket_filter", "GPL", true), (entries[1].Type, entries[1].License, entries[1].KernelAccepts));
    }

    [Theory]
    [InlineData("exit", "f.corpus:1: 'exit' stands before")]
    [InlineData("===\n---\nexit", "f.corpus:1: the entry has no name")]
    [InlineData("=== a\n---\nexit", "f.corpus:3: the entry 'a' says no 'expect:'")]
    [InlineData("=== a\nexpect: accept", "f.corpus:2: the entry has no '---'")]
    [InlineData("=== a\nexpect: accept\n---\n=== b", "f.corpus:4: the entry 'a' has no program")]
    [InlineData("=== a\nexpect: maybe\n---\nexit", "f.corpus:2: 'maybe' is no finding")]
    [InlineData("=== a\nexpect: SKEP31@1\n---\nexit", "f.corpus:2: 'SKEP31@1' is no finding")]
    [InlineData("=== a\nexpect:\n---\nexit", "f.corpus:2: 'expect:' is empty")]
    [InlineData("=== a\nexpect: accept\nexpect: accept\n---\nexit", "f.corpus:3: 'expect:' is there twice")]
    [InlineData("=== a\nexpects: accept\n---\nexit", "f.corpus:2: 'expects: accept' is not understood")]
    [InlineData("=== a\ntype: lsm\nexpect: accept\n---\nexit", "f.corpus:2: the program type 'lsm' is not known")]
    [InlineData("=== a\nflags: fast\nexpect: accept\n---\nexit", "f.corpus:2: the flag 'fast' is not known")]
    [InlineData("=== a\nfunc: f(int a)\nexpect: accept\n---\nexit", "f.corpus:2: 'f(int a)' is not understood")]
    [InlineData("=== a\nexpect: accept\nkernel: accept\n---\nexit", "f.corpus:3: 'kernel:' says what")]
    [InlineData("=== a\nexpect: accept\nkernel: refuse\n---\nexit", "f.corpus:3: the verdicts of 'a' differ, and no")]
    [InlineData("=== a\nexpect: accept\nreason: none\n---\nexit", "f.corpus:3: 'reason:' explains")]
    [InlineData("=== a\nexpect: accept\nkernel: no\n---\nexit", "f.corpus:3: 'kernel: no' is not understood")]
    public void What_is_wrong_is_told_with_its_place(string text, string expected)
    {
        FormatException exception = Assert.Throws<FormatException>(() => CorpusReader.Read("f.corpus", text));
        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r0 = map[nothing]", "f.corpus:4: the map 'nothing' is not known")]
    [InlineData("call nothing", "f.corpus:4: 'nothing' is neither a label nor a helper")]
    [InlineData("r0 := 1", "f.corpus:4: 'r0 := 1'")]
    [InlineData("goto nowhere", "f.corpus:4: 'goto nowhere'")]
    [InlineData("r1 = func nowhere", "f.corpus:1: the label 'nowhere' is not defined")]
    [InlineData(".repeat 2", "f.corpus:4: a .repeat without .end")]
    [InlineData(".end", "f.corpus:4: an .end without .repeat")]
    [InlineData(".repeat 2\n.repeat 2\n.end", "f.corpus:5: a .repeat inside another")]
    public void What_is_wrong_in_a_program_is_told_with_its_place(string program, string expected)
    {
        CorpusEntry entry = CorpusReader.Read("f.corpus", $"=== a\nexpect: accept\n---\n{program}").Single();
        FormatException exception = Assert.Throws<FormatException>(() => CorpusProgram.Assemble(entry));
        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_become_references()
    {
        CorpusEntry entry = CorpusReader.Read(
            "f.corpus",
            """
            === a
            func: global int again(int a)
            expect: accept
            ---
            r1 = map[hash]
            r2 = map[data][0]+8
            call ktime_get_ns
            call kfunc bpf_iter_num_new
            r2 = func back
            call again
            exit
            again:
            .repeat 2
            r0 = $i
            .end
            exit
            back: r0 = 0
            exit
            """).Single();
        CorpusProgram program = CorpusProgram.Assemble(entry);

        Assert.Equal(
            [
                new MapReference(new(0), "hash"), new MapValueReference(new(2), "data", 8),
                new ExternReference(new(5), "bpf_iter_num_new", ExternKind.NamedFunction, false), new FunctionReference(new(6), new(13)),
            ],
            program.References);
        Assert.Equal([(0, 10, "main"), (10, 3, "again"), (13, 2, "back")], program.Functions.Select(function => (function.Start, function.Length, function.Signature.Name)));
        Assert.Equal(FunctionLinkage.Global, program.Functions[1].Signature.Linkage);
        Assert.Equal(5, program.Slots[4].Immediate);
    }
}
