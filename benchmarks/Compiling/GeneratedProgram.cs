using System.Globalization;
using System.Text;
using Skep.Benchmarks.Engines;
using Skep.Programs;

namespace Skep.Benchmarks.Compiling;

/// <summary>Programs of any size, of blocks that no optimisation takes away: each uses the result of the one before.</summary>
internal static class GeneratedProgram
{
    private const int BlockInstructions = 10;
    private const int OtherInstructions = 4;

    /// <param name="instructions">About so many.</param>
    public static ObjectSpec Make(int instructions)
    {
        var text = new StringBuilder("r2 = *(u32 *)(r1 +12)\nr5 = *(u32 *)(r1 +16)\n");
        for (int i = 0; i < Math.Max(1, (instructions - OtherInstructions) / BlockInstructions); i++)
        {
            int offset = 8 * (1 + (i % 32));
            text.AppendLine(CultureInfo.InvariantCulture, $"""
                r3 = r2
                r3 *= {31 + (i % 1000)}
                r3 ^= r5
                *(u64 *)(r10 -{offset}) = r3
                r5 += r3
                r4 = *(u64 *)(r10 -{offset})
                w4 &= 255
                if r4 > {i % 200} goto next{i}
                r2 += 1
                next{i}:
                r2 += r4
                """);
        }

        return TextObject.Make("generated", text.AppendLine("r0 = r2").AppendLine("exit").ToString());
    }
}
