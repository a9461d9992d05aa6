using System.Text;
using static Skep.Verification.Tests.Hostile.HostileProgram;

namespace Skep.Verification.Tests.Hostile;

/// <summary>Programs that go round: loops of their own, and those of the runtime within each other.</summary>
internal static partial class HostilePrograms
{
    private static IEnumerable<HostileProgram> Loops =>
    [
        Text("a loop of 2^32 rounds", text => Counting(text, "0x100000000")),
        Text("a loop of 2^63 rounds, with fuel", text => Counting(text, "0x7fffffffffffffff"), fuel: true),
        Text("bpf_loop four deep, each 2^23 rounds", text => Callbacks(text, "loop")),
        Text("bpf_for_each_map_elem four deep", text => Callbacks(text, "for_each")),
        Text("bpf_loop four deep, with fuel", text => Callbacks(text, "loop"), fuel: true),
        Text("iterators eight deep", text => Iterators(text, 8)),
        Text("iterators eight deep, with fuel", text => Iterators(text, 8), fuel: true),
        Text("may_goto one after the other", text => MayGotos(text, 3000)),
        Text("may_goto within each other", NestedMayGotos),
        Text("may_goto within each other, with fuel", NestedMayGotos, fuel: true),
        Text("a jump back from every instruction", text => BackEdges(text, 4000)),
        Text("a jump back from every instruction, with fuel", text => BackEdges(text, 4000), fuel: true),
        Text("a far jump back from every branch, with fuel", text => FarBackEdges(text, 3000), fuel: true),
        Text("loops whose numbers explode, with fuel", text => Exploding(text, 12), fuel: true),
        Text("loops eight deep whose bounds depend on each other", text => Nested(text, 8)),
        Text("loops eight deep whose bounds depend on each other, with fuel", text => Nested(text, 8), fuel: true),
    ];

    private static void Counting(StringBuilder text, string rounds)
    {
        text.Line($"r1 = 0").Line($"r2 = {rounds}").Line($"again:").Line($"r1 += 1").Line($"if r1 < r2 goto again");
        End(text);
    }

    private static void Callbacks(StringBuilder text, string kind)
    {
        for (int depth = 0; depth <= 4; depth++)
        {
            if (depth > 0)
            {
                text.Line($"body{depth}:").Line($"r6 = r{(kind == "loop" ? 2 : 4)}").Line($"r7 = 0").Line($"*(u64 *)(r10 -8) = 0");
            }
            else
            {
                text.Line($"r7 = 0").Line($"*(u64 *)(r10 -8) = 0");
            }

            if (depth < 4)
            {
                text.AppendLine(kind == "loop" ? "r1 = 8388608" : "r1 = map[hash]").Line($"r2 = func body{depth + 1}").Line($"r3 = r10").Line($"r3 += -8").Line($"r4 = 0")
                    .AppendLine(kind == "loop" ? "call loop" : "call for_each_map_elem");
            }

            for (int i = 0; i < 4; i++)
            {
                text.Line($"call get_prandom_u32").Line($"if r0 > {i} goto w{depth}_{i}").Line($"r7 += {i + 1}").Line($"w{depth}_{i}:");
            }

            if (depth > 0)
            {
                text.Line($"r1 = *(u64 *)(r6 +0)").Line($"r1 += r7").Line($"*(u64 *)(r6 +0) = r1").Line($"if r1 == {depth} goto y{depth}").Line($"y{depth}:");
            }

            End(text);
        }
    }

    private static void Iterators(StringBuilder text, int depth)
    {
        text.Line($"r9 = 0");
        for (int i = 0; i < depth; i++)
        {
            text.Line($"r1 = r10").Line($"r1 += -{8 * (i + 1)}").Line($"r2 = 0").Line($"r3 = 1000000").Line($"call kfunc bpf_iter_num_new").Line($"next{i}:").Line($"r1 = r10").Line($"r1 += -{8 * (i + 1)}")
                .Line($"call kfunc bpf_iter_num_next").Line($"if r0 == 0 goto end{i}").Line($"r1 = *(s32 *)(r0 +0)").Line($"if r1 > {i} goto j{i}").Line($"r9 += 1").Line($"*(u64 *)(r10 -{200 + (8 * i)}) = r9").Line($"j{i}:");
        }

        text.Line($"if r9 == 123 goto k").Line($"k:");
        for (int i = depth - 1; i >= 0; i--)
        {
            text.Line($"goto next{i}").Line($"end{i}:").Line($"r1 = r10").Line($"r1 += -{8 * (i + 1)}").Line($"call kfunc bpf_iter_num_destroy");
        }

        End(text);
    }

    private static void MayGotos(StringBuilder text, int count)
    {
        text.Line($"r6 = 0");
        for (int i = 0; i < count; i++)
        {
            text.Line($"may_goto m{i}").Line($"r6 += 1").Line($"m{i}:");
        }

        text.Line($"if r6 == 1 goto out").Line($"out:");
        End(text);
    }

    private static void NestedMayGotos(StringBuilder text)
    {
        text.Line($"r6 = r1").Line($"r7 = 0");
        for (int i = 0; i < 8; i++)
        {
            text.Line($"t{i}:").Line($"may_goto o{i}").Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto u{i}").Line($"r7 += {i + 1}").Line($"u{i}:").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = r7").Line($"if r7 == {1000 + i} goto o{i}");
        }

        for (int i = 7; i >= 0; i--)
        {
            text.Line($"goto t{i}").Line($"o{i}:");
        }

        End(text);
    }

    private static void BackEdges(StringBuilder text, int count)
    {
        text.Line($"r6 = r1").Line($"r7 = 0").Line($"top:").Line($"r7 += 1");
        for (int i = 0; i < count; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"r7 += r2").Line($"if r7 > {i} goto top");
        }

        End(text);
    }

    private static void FarBackEdges(StringBuilder text, int count)
    {
        text.Line($"r6 = r1").Line($"top:");
        for (int i = 0; i < count; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 == 1 goto pc+0").Line($"r3 = 0").Line($"r4 = 0").Line($"r5 = 0").Line($"r3 += r4").Line($"if r2 == 3 goto pc+0").Line($"if r2 > {i} goto top");
        }

        End(text);
    }

    private static void Exploding(StringBuilder text, int numbers)
    {
        text.Line($"r6 = r1");
        for (int i = 0; i < numbers; i++)
        {
            text.Line($"*(u64 *)(r10 -{8 * (i + 1)}) = 0");
        }

        text.Line($"top:");
        for (int i = 0; i < numbers; i++)
        {
            text.Line($"r3 = *(u64 *)(r10 -{8 * (i + 1)})").Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto n{i}").Line($"r3 += {i + 1}").Line($"r3 *= 3").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = r3").Line($"n{i}:")
                .Line($"if r3 == {100 + i} goto out");
        }

        text.Line($"goto top").Line($"out:");
        End(text);
    }

    private static void Nested(StringBuilder text, int depth)
    {
        text.Line($"r6 = r1").Line($"r7 = 0");
        for (int i = 0; i < depth; i++)
        {
            text.Line($"r3 = r7").Line($"r3 &= 15").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = r3").Line($"z{i}:").Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto i{i}").Line($"r7 += 1").Line($"i{i}:");
        }

        for (int i = depth - 1; i >= 0; i--)
        {
            text.Line($"r3 = *(u64 *)(r10 -{8 * (i + 1)})").Line($"r3 += 1").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = r3").Line($"if r3 < {100 + i} goto z{i}");
        }

        End(text);
    }
}
