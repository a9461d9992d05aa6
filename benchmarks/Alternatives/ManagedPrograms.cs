namespace Skep.Benchmarks.Alternatives;

/// <summary>The programs in C#: code that the host trusts as it trusts itself.</summary>
internal static unsafe class ManagedPrograms
{
    public static Func<nint, uint> Find(string program) => program switch
    {
        "empty" => static _ => 1,
        "fnv1a" => Fnv,
        "be32_sum" => BigEndianSum,
        "primes" => Primes,
        _ => throw new ArgumentException($"there is no program {program}", nameof(program)),
    };

    private static uint Fnv(nint packet)
    {
        byte* data = (byte*)packet;
        uint hash = 2166136261;
        for (int i = 0; i < 1024; i++)
        {
            hash = (hash ^ data[i]) * 16777619;
        }

        return hash;
    }

    private static uint BigEndianSum(nint packet)
    {
        byte* data = (byte*)packet;
        uint sum = 0;
        for (int i = 0; i < 1024; i += 4)
        {
            sum += ((uint)data[i] << 24) | ((uint)data[i + 1] << 16) | ((uint)data[i + 2] << 8) | data[i + 3];
        }

        return sum;
    }

    private static uint Primes(nint packet)
    {
        uint limit = 192 + (*(byte*)packet & 7u);
        uint count = 0;
        for (uint candidate = 2; candidate < limit; candidate++)
        {
            uint divisor = 2;
            while (divisor * divisor <= candidate && candidate % divisor != 0)
            {
                divisor++;
            }

            count += divisor * divisor > candidate ? 1u : 0u;
        }

        return count;
    }
}
