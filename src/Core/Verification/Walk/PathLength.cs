namespace Skep.Verification.Walk;

/// <summary>The most instructions on any path from one place on, as far as paths have ended; without a bound where one went round a loop.</summary>
internal struct PathLength
{
    /// <summary>Of a path that may go round for ever, or as often as the runtime lets it.</summary>
    public const long Unbounded = long.MaxValue;

    public long Longest { get; private set; }

    /// <param name="steps">Instructions up to where the path went on.</param>
    /// <param name="rest">The most from there on.</param>
    public void Add(long steps, long rest) => Longest = Math.Max(Longest, rest == Unbounded ? Unbounded : steps + rest);
}
