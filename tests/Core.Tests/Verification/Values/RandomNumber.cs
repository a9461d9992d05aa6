namespace Skep.Core.Tests.Verification.Values;

/// <summary>Numbers as programs have them: small, close to a power of two, negative, or any.</summary>
internal static class RandomNumber
{
    public static ulong Next(Random random)
    {
        ulong number = random.Next(6) switch
        {
            0 => (ulong)random.Next(16),
            1 => (1UL << random.Next(64)) + (ulong)random.Next(-3, 4),
            2 => (ulong)random.NextInt64() >> random.Next(63),
            3 => (uint)random.NextInt64(),
            4 => (ulong)random.NextInt64() << random.Next(1, 63),
            _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        };
        return random.Next(4) == 0 ? 0 - number : number;
    }
}
