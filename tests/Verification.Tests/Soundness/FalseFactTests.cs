using System.Collections.Frozen;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Worlds;
using Skep.Verification.State;

namespace Skep.Verification.Tests.Soundness;

/// <summary>The comparison of runs with what was proved notices each thing that is not true.</summary>
public sealed class FalseFactTests
{
    private const string Program = """
        === p
        type: kprobe
        expect: accept
        ---
        r6 = *(u64 *)(r1 +8)
        *(u64 *)(r10 -8) = 1
        r2 = r10
        r2 += -8
        r1 = map[hash]
        call map_lookup_elem
        if r0 == 0 goto none
        r4 = *(u32 *)(r0 +4)
        r6 &= 15
        r0 += r6
        r0 = *(u8 *)(r0 +3)
        r3 = 9
        if r0 > r3 goto out
        r0 += r4
        out:
        exit
        none:
        r0 = *(u64 *)(r10 -16)
        exit
        """;

    private const int Call = 6;
    private const int Load = 8;
    private const int Indexed = 11;
    private const int Compare = 13;

    public static TheoryData<string, string> Cases => new()
    {
        { "nothing", "" },
        { "visited", "control never comes here" },
        { "branch", "never goes here" },
        { "access", "of MapValue are accessed" },
        { "range", "of MapValue are accessed" },
        { "region", "by the facts" },
        { "constant", "always 0x" },
        { "null", "is never null" },
        { "stack", "of the stack is accessed" },
        { "unwritten", "garbage changed the result" },
        { "live", "garbage changed the result" },
        { "context", "of the context is accessed" },
        { "longest", "the longest path has" },
        { "number", "Scalar" },
        { "pointer", "MapValue" },
        { "offset", "MapValue" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_noticed(string what, string expected)
    {
        using var world = new World();
        using var program = new SoundProgram(world) { FalsifyFacts = facts => Falsify(facts, what), FalsifyStates = (slot, state) => Falsify(slot, state, what) };
        CorpusEntry entry = CorpusReader.Read("false.corpus", Program).Single();
        Assert.True(program.Load(CorpusProgram.Assemble(entry).ToSpec(entry), HostTypes.Find(entry.Type), entry.Policy).IsSuccess);
        string?[] problems = [.. Enumerable.Range(0, 24).Select(input => program.Run((ulong)input).Problem).Where(problem => problem is not null).Distinct()];
        if (expected.Length == 0)
        {
            Assert.Empty(problems);
            return;
        }

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Contains(expected, problem, StringComparison.Ordinal));
    }

    private static ProgramFacts Falsify(ProgramFacts facts, string what) => what switch
    {
        "visited" => facts with { Visited = facts.Visited.SetItem(Indexed, false) },
        "branch" => facts with { Branches = facts.Branches.SetItem(Compare, BranchOutcome.Jumps) },
        "access" => facts with { Accesses = facts.Accesses.SetItem(Load, facts.Accesses[Load] with { End = 7 }) },
        "range" => facts with { Accesses = facts.Accesses.SetItem(Indexed, facts.Accesses[Indexed] with { Start = 12 }) },
        "region" => facts with { Accesses = facts.Accesses.SetItem(Indexed, new AccessFact(AccessRegion.Packet, 0, 0, 100)) },
        "constant" => facts with { Constants = new Dictionary<int, ulong> { [Compare] = 8 }.ToFrozenDictionary() },
        "null" => facts with { NeverNull = [new SlotIndex(Call)] },
        "stack" => facts with { Functions = [facts.Functions[0] with { StackBytes = 8 }] },
        "unwritten" => facts with { Functions = [facts.Functions[0] with { ReadsUnwrittenStack = false }] },
        "live" => facts with { LiveRegisters = [.. facts.LiveRegisters.Select(live => live.Except(new(0b1_0000)))] },
        "context" => facts with { RequiredContextSize = 15 },
        "longest" => facts with { LongestPath = 9 },
        _ => facts,
    };

    private static void Falsify(int slot, VerifierState state, string what)
    {
        if (slot != Indexed)
        {
            return;
        }

        ref RegisterState register = ref state.Current.Registers[0];
        switch (what)
        {
            case "number":
                register.SetScalar(Values.Scalar.Constant(0), 0);
                register.Node = state.Current.Registers[6].Node;
                break;
            case "pointer":
                register.Number = Values.Scalar.UnsignedRange(0, 3);
                break;
            case "offset":
                register.Offset = 100;
                break;
        }
    }
}
