using System.Security.Cryptography;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Pseudo-random numbers; prototypes as in kernel/bpf/helpers.c. Not for secrets, as in the kernel.</summary>
[HelperSet("random")]
public sealed partial class RandomHelpers
{
    // SplitMix64 (Steele, Lea, Flood 2014): one atomic addition makes it safe for any number of threads without thread-local state.
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    public RandomHelpers()
        : this(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
    }

    internal RandomHelpers(ulong seed) => _state = seed;

    /// <summary>The kernel's verifier does not know that the upper half is 0, so this one is not told either.</summary>
    [Helper("bpf_get_prandom_u32", Number = 7, Description = "A pseudo-random number of 32 bits; not for secrets.")]
    [return: Result(CType = "__u32")]
    private ulong Next()
    {
        ulong value = Interlocked.Add(ref _state, Step);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return (uint)((value ^ (value >> 31)) >> 32);
    }
}
