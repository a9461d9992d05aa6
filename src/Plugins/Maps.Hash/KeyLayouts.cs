using System.Runtime.CompilerServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <summary>
/// How keys of one size are hashed and compared; a type parameter of the map, so that each size gets code of its own. Keys of one word are multiplied by the map's own odd number, and so
/// that all bits of the product count, its upper half is folded into the lower one, which is multiplied once more: that can be said in a program's
/// instructions (<see cref="InlinedLookup"/>). Longer keys multiply to 128 bits and fold the halves (the step of wyhash) word by word, since with the shorter step
/// one word could undo what another one did, whatever the seed.
/// </summary>
internal unsafe interface IKeyLayout
{
    static abstract uint Hash(byte* key, uint size, in HashSeed seed);

    static abstract bool Equal(byte* left, byte* right, uint size);
}

internal readonly unsafe struct FourByteKey : IKeyLayout
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(byte* key, uint size, in HashSeed seed) => Mixer.Finish((*(uint*)key ^ seed.Key) * seed.Multiplier);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* left, byte* right, uint size) => *(uint*)left == *(uint*)right;
}

internal readonly unsafe struct EightByteKey : IKeyLayout
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(byte* key, uint size, in HashSeed seed)
    {
        // A product's low bits know nothing of its factors' upper ones: those go into the lower half first.
        ulong mixed = *(ulong*)key ^ seed.Key;
        return Mixer.Finish((mixed ^ (mixed >> 32)) * seed.Multiplier);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* left, byte* right, uint size) => *(ulong*)left == *(ulong*)right;
}

internal readonly unsafe struct AnyKey : IKeyLayout
{
    public static uint Hash(byte* key, uint size, in HashSeed seed)
    {
        ulong hash = seed.Key;
        uint offset = 0;
        for (; offset + sizeof(ulong) <= size; offset += sizeof(ulong))
        {
            hash = Mixer.Fold(*(ulong*)(key + offset) ^ hash, seed.Multiplier);
        }

        uint left = size - offset;
        if (left > 0)
        {
            ulong tail = 0;
            MapMemory.CopyValue((byte*)&tail, key + offset, left);
            hash = Mixer.Fold(tail ^ hash, seed.Multiplier);
        }

        return Mixer.Finish(hash);
    }

    public static bool Equal(byte* left, byte* right, uint size)
        => new ReadOnlySpan<byte>(left, (int)size).SequenceEqual(new ReadOnlySpan<byte>(right, (int)size));
}

internal static class Mixer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    /// <summary>Multiplying once leaves structure in the low bits, which choose the bucket, for keys that differ by a constant step; doing it once more ends that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Finish(ulong hash) => (uint)(((hash ^ (hash >> 32)) * HashSeed.Mixed) >> 32);
}
