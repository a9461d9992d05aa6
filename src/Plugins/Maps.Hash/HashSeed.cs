using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Skep.Contracts;

namespace Skep.Maps;

/// <summary>What makes one map's hash differ from another's, so that nobody can prepare keys that all fall into one bucket.</summary>
internal readonly record struct HashSeed(ulong Key, ulong Multiplier)
{
    /// <summary>Any odd number with mixed bits will do (this one is 2^64 divided by the golden ratio).</summary>
    public const ulong Mixed = 0x9E37_79B9_7F4A_7C15;

    /// <summary>
    /// The seed under <see cref="MapFlags.ZeroSeed"/>: maps of one process order equal keys equally. Not one that everybody knows, as in Linux, where
    /// only an administrator may set the flag: here any object may, and would prepare a chain of all its keys.
    /// </summary>
    public static readonly HashSeed OfProcess = Random();

    public static HashSeed Random()
    {
        Span<ulong> random = stackalloc ulong[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(random));

        // Odd, and never with so few bits set that it would not mix.
        return new HashSeed(random[0], (random[1] | 1) ^ (Mixed & ~1UL));
    }
}
