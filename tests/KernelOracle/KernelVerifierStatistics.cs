using System.Globalization;
using System.Text.RegularExpressions;

namespace Skep.KernelOracle;

/// <summary>The counts that the verifier writes at the end of its log.</summary>
/// <param name="ProcessedInstructions">Instructions walked, on all paths together.</param>
/// <param name="MaxStatesPerInstruction">The most states that one instruction kept for pruning.</param>
/// <param name="TotalStates">States kept over the whole walk.</param>
/// <param name="PeakStates">States kept at the same time.</param>
/// <param name="StackDepth">Bytes of stack of each function, the main one first; empty in old logs.</param>
/// <param name="VerificationTime">How long it took, to the microsecond; zero in old logs.</param>
public sealed partial record KernelVerifierStatistics(
    int ProcessedInstructions,
    int MaxStatesPerInstruction,
    int TotalStates,
    int PeakStates,
    IReadOnlyList<int> StackDepth,
    TimeSpan VerificationTime)
{
    internal static bool IsStatistics(string line) =>
        line.StartsWith("processed ", StringComparison.Ordinal)
        || line.StartsWith("verification time ", StringComparison.Ordinal)
        || line.StartsWith("stack depth ", StringComparison.Ordinal);

    internal static KernelVerifierStatistics? Parse(string log)
    {
        Match counts = Counts().Match(log);
        if (!counts.Success)
        {
            return null;
        }

        Match stack = Stack().Match(log);
        int[] depths = stack.Success ? [.. stack.Groups[1].Value.Split('+').Select(Number)] : [];
        return new KernelVerifierStatistics(
            Number(counts.Groups[1].Value),
            Number(counts.Groups[2].Value),
            Number(counts.Groups[3].Value),
            Number(counts.Groups[4].Value),
            depths,
            Time().Match(log) is { Success: true } time ? TimeSpan.FromMicroseconds(Number(time.Groups[1].Value)) : TimeSpan.Zero);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^processed (\d+) insns \(limit \d+\) max_states_per_insn (\d+) total_states (\d+) peak_states (\d+)", RegexOptions.Multiline)]
    private static partial Regex Counts();

    [GeneratedRegex(@"^stack depth (\d+(?:\+\d+)*)", RegexOptions.Multiline)]
    private static partial Regex Stack();

    [GeneratedRegex(@"^verification time (\d+) usec", RegexOptions.Multiline)]
    private static partial Regex Time();
}
