namespace Skep.Testing;

/// <summary>A program of the conformance set; its event is 64 random bytes.</summary>
/// <param name="Needs">What a back end must be able to do.</param>
/// <param name="IsEndless">It is verified with loops on fuel.</param>
internal sealed record JitProgram(string Name, string Text, JitAbilities Needs = JitAbilities.None, bool IsEndless = false);

/// <summary>What programs need beyond single instructions.</summary>
internal static class JitPrograms
{
    public static IReadOnlyList<JitProgram> All { get; } =
    [
        new("a result", "r0 = 42\nexit"),
        new("the context", "r0 = *(u64 *)(r1 +8)\n*(u32 *)(r1 +16) = r0\nexit"),
        new("a large constant", "r0 = 0x123456789abcdef0\nexit"),
        new("the whole stack", "r2 = *(u64 *)(r1 +0)\n*(u64 *)(r10 -512) = r2\n*(u8 *)(r10 -1) = r2\nr0 = *(u64 *)(r10 -512)\nr3 = *(u8 *)(r10 -1)\nr0 += r3\nexit"),
        new("stack that nobody wrote", "r0 = *(u64 *)(r10 -64)\nexit"),
        new("a branch", "r2 = *(u64 *)(r1 +0)\nr0 = 1\nif r2 s> 0 goto out\nr0 = 2\nout:\nexit"),
        new("a far branch", $"r2 = *(u64 *)(r1 +0)\nr0 = r2\nif r2 & 1 goto out\n{Lines(5_000, "r0 += 12345\nr0 ^= r2")}out:\nexit"),
        new("a bounded loop", "r0 = 0\nr2 = *(u64 *)(r1 +0)\nr3 = 0\nagain:\nr0 += r2\nr0 <<= 1\nr3 += 1\nif r3 < 17 goto again\nexit"),
        new("all registers across a call", $$"""
            {{string.Concat(Enumerable.Range(6, 4).Select(i => $"r{i} = *(u64 *)(r1 +{(i - 6) * 8})\n"))}}r5 = r9
            r4 = r8
            r3 = r7
            r2 = r6
            r1 = 9
            call {{JitHelpers.Mix}}
            r0 += r6
            r0 ^= r7
            r0 += r8
            r0 ^= r9
            exit
            """),
        new("calls in a row", $"r6 = r1\nr0 = 1\n{Lines(40, $"r1 = r0\nr2 = *(u64 *)(r6 +0)\nr3 = *(u32 *)(r6 +8)\nr4 = 4\nr5 = -5\ncall {JitHelpers.Mix}")}exit"),
        new("a helper that throws", $"r6 = *(u64 *)(r1 +0)\nr1 = r6\ncall {JitHelpers.Throw}\nr7 = r0\nr1 = 3\ncall {JitHelpers.Throw}\nr0 += r7\nr0 += r6\nexit"),
        new("a function", "r6 = *(u64 *)(r1 +0)\nr7 = 3\nr1 = r6\nr2 = r7\ncall pc+3\nr0 += r6\nr0 += r7\nexit\nr6 = r1\nr6 *= r2\nr7 = 99\nr0 = r6\nexit", JitAbilities.LocalCalls),
        new("functions in functions, with stacks of their own", "r1 = *(u64 *)(r1 +0)\n*(u64 *)(r10 -8) = r1\ncall pc+3\nr1 = *(u64 *)(r10 -8)\nr0 += r1\nexit\nr1 += 1\n*(u64 *)(r10 -8) = r1\ncall pc+3\nr1 = *(u64 *)(r10 -8)\nr0 ^= r1\nexit\n*(u64 *)(r10 -16) = r1\nr0 = *(u64 *)(r10 -16)\nr0 *= 3\nexit", JitAbilities.LocalCalls),
        new("a pointer to the caller's stack", "*(u64 *)(r10 -8) = 5\nr1 = r10\nr1 += -8\ncall pc+2\nr0 = *(u64 *)(r10 -8)\nexit\nr2 = *(u64 *)(r1 +0)\nr2 += 37\n*(u64 *)(r1 +0) = r2\nr0 = 0\nexit", JitAbilities.LocalCalls),
        new("a callback", $"*(u64 *)(r10 -8) = 0\nr1 = 10\nr2 = func each\nr3 = r10\nr3 += -8\ncall {JitHelpers.Repeat}\nr1 = *(u64 *)(r10 -8)\nr0 += r1\nexit\neach:\nr0 = 0\nif r1 < 7 goto on\nr0 = 1\non:\nexit", JitAbilities.Callbacks),
        new("a callback that never says stop", $"r1 = *(u8 *)(r1 +0)\nr2 = func each\nr3 = 0\ncall {JitHelpers.Repeat}\nexit\neach:\nr0 = 0\nexit", JitAbilities.Callbacks),
        new("a loop without end", "r0 = 0\nagain:\nr0 += 1\ngoto again", IsEndless: true),
        new("a loop that ends when it is told to", "r2 = *(u64 *)(r1 +0)\nr2 &= 1023\nr0 = 0\nagain:\nr0 += 3\nr2 += -1\nif r2 s> 0 goto again\nexit", IsEndless: true),
        new("a loop with calls without end", $"r6 = 0\nagain:\nr1 = r6\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall {JitHelpers.Mix}\nr6 += r0\ngoto again", IsEndless: true),
        new("a loop without end in a function", "call pc+1\nexit\nr0 = 0\nagain:\nr0 += 1\nif r0 != 0 goto again\nexit", JitAbilities.LocalCalls, IsEndless: true),
    ];

    private static string Lines(int times, string text) => string.Concat(Enumerable.Repeat(text + "\n", times));
}
