using System.Globalization;
using System.Text;
using Skep.Benchmarks.Engines;
using Skep.Programs;

namespace Skep.Benchmarks.Calls;

/// <summary>
/// One kind of call, as two programs: <see cref="Count"/> calls in a row, and the same without the calls. What is between them, divided by the
/// count, is what a call costs together with its arguments and the use of its result.
/// </summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Call">Text of one call and of the use of its result, which goes into r7; <c>{i}</c> is its number.</param>
/// <param name="Limits">At most so many nanoseconds, by engine; what is not here has no limit.</param>
internal sealed record CallCase(string Name, string Call, IReadOnlyDictionary<string, double> Limits)
{
    public const int Count = 64;

    // The key lies at r10-4 and differs from call to call, so that nothing about it is known beforehand; the value to store at r10-16.
    private const string Prologue = """
        r6 = *(u32 *)(r1 +16)
        r7 = 1
        *(u64 *)(r10 -16) = r7

        """;

    private const string NextKey = """
        w6 += 1
        w6 &= 63
        r7 += r6
        *(u32 *)(r10 -4) = r6

        """;

    // Puts keys 0 to 63 into the map when they are not there yet.
    private const string Fill = """
        *(u32 *)(r10 -4) = r6
        r1 = map[id:0]
        r2 = r10
        r2 += -4
        call helper#1
        if r0 != 0 goto filled
        r8 = 0
        fill:
        *(u32 *)(r10 -4) = r8
        r1 = map[id:0]
        r2 = r10
        r2 += -4
        r3 = r10
        r3 += -16
        r4 = 0
        call helper#2
        r8 += 1
        if r8 != 64 goto fill
        filled:

        """;

    public MapSpec? Map { get; init; }

    /// <summary>What the kernel has in the place of a helper that is not the kernel's; else null.</summary>
    public string? KernelCall { get; init; }

    /// <summary>The result differs from run to run.</summary>
    public bool IsRandom { get; init; }

    /// <summary>What is taken off, in nanoseconds, because it is not the call's: the clock's own time.</summary>
    public double Itself { get; init; }

    public ObjectSpec ForSkep(bool withCalls) => Make(withCalls ? Call : "");

    public ObjectSpec ForKernel(bool withCalls) => Make(withCalls ? KernelCall ?? Call : "");

    private ObjectSpec Make(string call)
    {
        var text = new StringBuilder(Prologue);
        if (Map is not null)
        {
            text.Append(Fill);
        }

        for (int i = 0; i < Count; i++)
        {
            text.Append(NextKey).AppendLine(call.Replace("{i}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        text.AppendLine("r0 = r7").AppendLine("exit");
        return TextObject.Make("calls", text.ToString(), Map, NothingHelpers.Function);
    }
}
