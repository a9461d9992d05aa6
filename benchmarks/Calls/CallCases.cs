using Skep.Programs;

namespace Skep.Benchmarks.Calls;

/// <summary>The kinds of calls that are measured, and what each may cost.</summary>
internal static class CallCases
{
    private const string MapAndKey = """
        r1 = map[id:0]
        r2 = r10
        r2 += -4

        """;

    private const string UseValue = """

        if r0 == 0 goto next{i}
        r0 = *(u64 *)(r0 +0)
        r7 += r0
        next{i}:
        """;

    private const string MissingKey = """
        r1 = r6
        r1 += 1000
        *(u32 *)(r10 -4) = r1

        """;

    private static readonly Dictionary<string, double> Unlimited = [];

    /// <param name="clock">Nanoseconds of one reading of the monotonic clock.</param>
    public static CallCase[] All(double clock) =>
    [
        new("a helper that does nothing", "r1 = r6\ncall kernel-function#0\nr7 += r0", Each(x64: 8, cil: 2)) { KernelCall = "call helper#42\nr7 += r6" },
        new("array look-up", MapAndKey + "call helper#1" + UseValue, Each(x64: 1.2, cil: 1.2)) { Map = Map("array", KernelMapArray) },
        new("hash look-up, hit", MapAndKey + "call helper#1" + UseValue, Each(x64: 12, cil: 12)) { Map = Map("hash", KernelMapHash) },
        new("hash look-up, miss", MissingKey + MapAndKey + "call helper#1" + UseValue, Unlimited) { Map = Map("hash", KernelMapHash) },
        new("hash update, key present", MapAndKey + "r3 = r10\nr3 += -16\nr4 = 0\ncall helper#2\nr7 += r0", Each(x64: 60, cil: 60)) { Map = Map("hash", KernelMapHash) },
        new("clock, without the clock itself", "call helper#5\nr7 ^= r0", Each(x64: 2, cil: 2)) { IsRandom = true, Itself = clock },
        new("processor id", "call helper#8\nr7 += r0", Each(x64: 2, cil: 2)) { IsRandom = true },
    ];

    private const uint KernelMapHash = 1;
    private const uint KernelMapArray = 2;

    private static Dictionary<string, double> Each(double x64, double cil) => new() { ["x64"] = x64, ["cil"] = cil };

    private static MapSpec Map(string name, uint type) => new() { Name = name, Type = new MapTypeReference(new MapTypeNumber(type)), KeySize = 4, ValueSize = 8, MaxEntries = 4096 };
}
