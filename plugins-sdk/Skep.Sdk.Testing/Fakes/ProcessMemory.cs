namespace Skep.Testing;

/// <summary>Looks for leaks in the memory of the whole process, in which other tests run at the same time.</summary>
internal static class ProcessMemory
{
    private const int Rounds = 5;

    /// <summary>A leak makes each round grow by what it leaks; what else goes on does not, so one round that stays below the limit is enough.</summary>
    /// <param name="limit">In bytes, well below what a round would leak.</param>
    public static void ShouldNotGrow(long limit, Func<string> round)
    {
        string what = "";
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least >= limit; i++)
        {
            long before = Environment.WorkingSet;
            what = round();
            least = Math.Min(least, Environment.WorkingSet - before);
        }

        Assert.True(least < limit, $"{what}, and the process grew by {least >> 20} MiB at least in each of {Rounds} rounds");
    }
}
