using System.Text;
using static Skep.Verification.Tests.Hostile.HostileProgram;

namespace Skep.Verification.Tests.Hostile;

/// <summary>Programs whose states differ on every path, so that none is covered by another.</summary>
internal static partial class HostilePrograms
{
    private static IEnumerable<HostileProgram> States =>
    [
        Text("diamonds that put distinct constants on the stack, all needed later", text => StackDiamonds(text, 60)),
        Text("diamonds that double a number, needed later", text => NumberDiamonds(text, 63, "r7 += r7")),
        Text("a ladder of tests of single bits, all needed later", text => BitLadder(text, "&")),
        Text("a ladder of inequalities, all needed later", text => BitLadder(text, "!=")),
        Text("63 look-ups on the stack, each null or not", LookupDiamonds),
        Text("every map of the registry looked up in diamonds", MapDiamonds),
        Text("a stack full of copies that are linked, narrowed again and again", LinkedStack),
        Text("copies that are linked in eight frames", LinkedFrames),
        Text("packet pointers with an id each, on the stack", PacketIds, "xdp"),
        Text("many states at one slot, each found often", ManyHits),
        Text("many states at one slot that differ in the last slot of the stack", LateDifference),
        Text("numbers that grow through every branch of a loop", text => EvictingLoop(text, 1_000_000)),
        Text("numbers that grow through every branch of a loop, with fuel", text => EvictingLoop(text, 1_000_000), fuel: true),
        Text("more branches put off than there may be", text => Pending(text, 9000)),
        Text("calls within calls in diamonds", NestedCalls),
        Text("255 functions that call each other twice", TwiceCalledChain),
    ];

    private static void End(StringBuilder text) => text.Line($"r0 = 0").Line($"exit");

    private static void StackDiamonds(StringBuilder text, int count)
    {
        text.Line($"r6 = r1");
        for (int i = 0; i < count; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = {i}").Line($"if r2 > {i} goto d{i}").Line($"*(u64 *)(r10 -{8 * (i + 1)}) = {1000 + i}").Line($"d{i}:");
        }

        for (int i = 0; i < count; i++)
        {
            text.Line($"r3 = *(u64 *)(r10 -{8 * (i + 1)})").Line($"if r3 == 77 goto out");
        }

        text.Line($"out:");
        End(text);
    }

    private static void NumberDiamonds(StringBuilder text, int count, string twice)
    {
        text.Line($"r6 = r1").Line($"r7 = 1");
        for (int i = 0; i < count; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").AppendLine(twice);
            text.Line($"if r2 > {i} goto d{i}").Line($"r7 += 1").Line($"d{i}:");
        }

        text.Line($"if r7 == 77 goto out").Line($"out:");
        End(text);
    }

    private static void BitLadder(StringBuilder text, string comparison)
    {
        text.Line($"r2 = *(u32 *)(r1 +0)").Line($"r3 = *(u32 *)(r1 +4)").Line($"r7 = 0");
        for (int i = 0; i < 31; i++)
        {
            text.Line($"if r2 {comparison} {1L << i} goto a{i}").Line($"r7 += 1").Line($"a{i}:").Line($"if r3 {comparison} {1L << i} goto b{i}").Line($"r7 ^= {1L << i}").Line($"b{i}:");
        }

        text.Line($"r7 &= 7").Line($"r4 = r10").Line($"r4 -= 16").Line($"r4 += r7").Line($"*(u8 *)(r4 +0) = 1").Line($"if r2 == 5 goto out").Line($"if r3 == r2 goto out").Line($"out:");
        End(text);
    }

    private static void LookupDiamonds(StringBuilder text)
    {
        for (int i = 0; i < 62; i++)
        {
            text.Line($"*(u64 *)(r10 -8) = {i}").Line($"r1 = map[hash]").Line($"r2 = r10").Line($"r2 += -8").Line($"call map_lookup_elem").Line($"*(u64 *)(r10 -{16 + (8 * i)}) = r0");
        }

        for (int i = 0; i < 62; i++)
        {
            text.Line($"r1 = *(u64 *)(r10 -{16 + (8 * i)})").Line($"if r1 == 0 goto n{i}").Line($"*(u64 *)(r1 +0) = 1").Line($"n{i}:");
        }

        for (int i = 0; i < 62; i++)
        {
            text.Line($"r1 = *(u64 *)(r10 -{16 + (8 * i)})").Line($"if r1 == 0 goto m{i}").Line($"*(u64 *)(r1 +8) = 1").Line($"m{i}:");
        }

        End(text);
    }

    private static void MapDiamonds(StringBuilder text)
    {
        string[] maps = ["array", "hash", "percpu_array", "percpu_hash", "lru_hash", "rdonly", "data", "small", "lock", "lock_hash"];
        text.Line($"r6 = r1").Line($"r7 = 0");
        for (int i = 0; i < 60; i++)
        {
            string map = maps[i % maps.Length];
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"*(u64 *)(r10 -8) = {i}").Line($"if r2 > {i} goto e{i}").Line($"r1 = map[{map}]").Line($"goto k{i}").Line($"e{i}:").Line($"r1 = map[{maps[(i + 1) % maps.Length]}]")
                .Line($"k{i}:").Line($"*(u64 *)(r10 -{24 + (8 * (i % 50))}) = r1").Line($"r2 = r10").Line($"r2 += -8").Line($"call map_lookup_elem").Line($"if r0 == 0 goto z{i}").Line($"r7 += 1").Line($"z{i}:");
        }

        text.Line($"if r7 == 3 goto out");
        for (int i = 0; i < 50; i++)
        {
            text.Line($"r1 = *(u64 *)(r10 -{24 + (8 * i)})").Line($"r2 = r10").Line($"r2 += -8").Line($"call map_lookup_elem");
        }

        text.Line($"out:");
        End(text);
    }

    private static void LinkedStack(StringBuilder text)
    {
        text.Line($"r6 = r1");
        for (int round = 0; round < 40; round++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)");
            for (int slot = 1; slot <= 64; slot++)
            {
                text.Line($"r3 = r2").Line($"r3 += {slot}").Line($"*(u64 *)(r10 -{8 * slot}) = r3");
            }

            for (int i = 0; i < 30; i++)
            {
                text.Line($"if r2 > {1_000_000 - (i * 100)} goto s{round}_{i}").Line($"r4 = *(u64 *)(r10 -{8 * (1 + i)})").Line($"if r4 == {i} goto s{round}_{i}").Line($"s{round}_{i}:");
            }
        }

        End(text);
    }

    private static void LinkedFrames(StringBuilder text)
    {
        text.Line($"r1 = *(u32 *)(r1 +0)").Line($"r2 = r1").Line($"r3 = r1").Line($"r4 = r1").Line($"r5 = r1").Line($"call f1");
        End(text);
        for (int frame = 1; frame < 8; frame++)
        {
            text.Line($"f{frame}:");
            for (int slot = 1; slot <= 8; slot++)
            {
                text.Line($"r0 = r{1 + (slot % 5)}").Line($"r0 += {slot}").Line($"*(u64 *)(r10 -{8 * slot}) = r0");
            }

            text.Line($"r6 = r1").Line($"r7 = r2").Line($"r8 = r3").Line($"r9 = r4");
            for (int i = 0; i < 24; i++)
            {
                text.Line($"if r1 > {(frame * 10_000) + (i * 7)} goto f{frame}_{i}").Line($"r2 = *(u64 *)(r10 -{8 * (1 + (i % 8))})").Line($"r2 += r1").Line($"if r2 == {i} goto f{frame}_{i}").Line($"f{frame}_{i}:");
            }

            if (frame < 7)
            {
                text.Line($"r2 = r6").Line($"r3 = r6").Line($"r4 = r8").Line($"r5 = r9").Line($"call f{frame + 1}");
            }

            text.Line($"r1 = *(u64 *)(r10 -8)").Line($"if r1 == r6 goto x{frame}").Line($"x{frame}:");
            End(text);
        }
    }

    private static void PacketIds(StringBuilder text)
    {
        text.Line($"r6 = *(u32 *)(r1 +0)").Line($"r7 = *(u32 *)(r1 +4)");
        for (int i = 0; i < 400; i++)
        {
            text.Line($"r2 = r6").Line($"r2 += 1").Line($"if r2 > r7 goto out").Line($"r3 = *(u8 *)(r6 +0)").Line($"r4 = r6").Line($"r4 += r3").Line($"*(u64 *)(r10 -{8 * (1 + (i % 60))}) = r4")
                .Line($"r5 = r4").Line($"r5 += {1 + (i % 200)}").Line($"if r5 > r7 goto p{i}").Line($"r3 = *(u8 *)(r4 +0)").Line($"p{i}:");
        }

        text.Line($"out:");
        End(text);
    }

    /// <summary>Every value of a number comes to one slot from everywhere, so that each kept state is found again often enough to stay.</summary>
    private static void ManyHits(StringBuilder text)
    {
        text.Line($"r6 = r1").Line($"r7 = 0").Line($"r8 = 0").Line($"top:");
        for (int i = 0; i < 12; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto h{i}").Line($"r7 ^= {1 << i}").Line($"h{i}:");
        }

        for (int i = 0; i < 16; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto common");
        }

        text.Line($"common:");
        for (int i = 0; i < 8; i++)
        {
            text.Line($"r3 = *(u32 *)(r6 +0)").Line($"r3 += r8");
        }

        text.Line($"if r7 == 5000 goto out").Line($"r8 += 1").Line($"if r8 < 1000000 goto top").Line($"out:");
        End(text);
    }

    private static void LateDifference(StringBuilder text)
    {
        text.Line($"r6 = r1");
        for (int slot = 1; slot <= 64; slot++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"*(u64 *)(r10 -{8 * slot}) = r2");
        }

        text.Line($"r7 = 0").Line($"top:");
        for (int i = 0; i < 14; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto l{i}").Line($"r7 ^= {1 << i}").Line($"l{i}:").Line($"*(u64 *)(r10 -512) = r7");
        }

        for (int slot = 1; slot <= 64; slot++)
        {
            text.Line($"r3 = *(u64 *)(r10 -{8 * slot})").Line($"if r3 == 1 goto v{slot}").Line($"v{slot}:");
        }

        text.Line($"if r7 != 77 goto top");
        End(text);
    }

    private static void EvictingLoop(StringBuilder text, int rounds)
    {
        text.Line($"r6 = r1").Line($"r7 = 0").Line($"r8 = 0").Line($"r9 = 0").Line($"top:");
        for (int i = 0; i < 6; i++)
        {
            text.Line($"r2 = *(u32 *)(r6 +0)").Line($"if r2 > {i} goto q{i}").Line($"r{7 + (i % 3)} += {1 + i}").Line($"*(u64 *)(r10 -{8 * (1 + i)}) = r{7 + (i % 3)}").Line($"q{i}:");
        }

        text.Line($"r3 = r7").Line($"r3 += r8").Line($"r3 += r9").Line($"if r3 < {rounds} goto top");
        End(text);
    }

    private static void Pending(StringBuilder text, int count)
    {
        text.Line($"r2 = *(u32 *)(r1 +0)");
        for (int i = 0; i < count; i++)
        {
            text.Line($"if r2 == {i} goto out");
        }

        text.Line($"out:");
        End(text);
    }

    private static void NestedCalls(StringBuilder text)
    {
        text.Line($"r2 = 0").Line($"call c0");
        End(text);
        for (int depth = 0; depth < 7; depth++)
        {
            text.Line($"c{depth}:").Line($"r6 = r1").Line($"r7 = r2");
            for (int i = 0; depth < 6 && i < 8; i++)
            {
                text.Line($"r1 = r6").Line($"r2 = r7").Line($"r2 += {i}").Line($"r3 = *(u32 *)(r6 +0)").Line($"if r3 > {i} goto c{depth}_{i}").Line($"r2 *= 3").Line($"c{depth}_{i}:").Line($"call c{depth + 1}").Line($"r7 += r0");
            }

            text.Line($"if r7 == 12345 goto c{depth}_x").Line($"c{depth}_x:").Line($"r0 = r7").Line($"exit");
        }
    }

    private static void TwiceCalledChain(StringBuilder text)
    {
        text.Line($"call g0");
        End(text);
        for (int i = 0; i < 254; i++)
        {
            text.Line($"g{i}:").Line($"r0 = 0");
            if (i < 253)
            {
                text.Line($"call g{i + 1}").Line($"call g{i + 1}");
            }

            text.Line($"exit");
        }
    }
}
