using Skep.Contracts;
using Skep.KernelOracle;
using Errno = Skep.Contracts.Errno;

namespace Skep.Maps.Tests;

/// <summary>The same random operations on the kernel's map and on ours: the same errors, the same contents.</summary>
public class KernelComparisonTests
{
    private const int Operations = 4000;
    private static readonly ulong[] UpdateFlags = [0, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 1UL << 40, ulong.MaxValue];

    public KernelComparisonTests() => Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);

    [Theory]
    [InlineData(4, 8, 0)]
    [InlineData(4, 8, MapFlags.NoPreallocation)]
    [InlineData(4, 3, MapFlags.ZeroSeed)]
    [InlineData(8, 16, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(13, 37, MapFlags.NoPreallocation)]
    [InlineData(64, 200, 0)]
    [InlineData(4, 8, MapFlags.ReadOnly)]
    [InlineData(4, 8, MapFlags.WriteOnly)]
    public void Hash(uint keySize, uint valueSize, uint flags)
    {
        using KernelMap theirs = KernelMap.Create(KernelMapType.Hash, (int)keySize, (int)valueSize, 20, flags);
        using IKeyedMap ours = MapMaker.Hash(keySize, valueSize, 20, flags);
        Compare(theirs, ours, keys: 30, orderMatters: false);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(3, 0)]
    [InlineData(100, MapFlags.InnerMap | MapFlags.Mappable)]
    [InlineData(8, MapFlags.ReadOnlyProgram)]
    [InlineData(8, MapFlags.WriteOnlyProgram)]
    [InlineData(8, MapFlags.ReadOnly)]
    [InlineData(8, MapFlags.WriteOnly)]
    public void Array(uint valueSize, uint flags)
    {
        using KernelMap theirs = KernelMap.Create(KernelMapType.Array, 4, (int)valueSize, 20, flags);
        using IKeyedMap ours = MapMaker.Array(valueSize, 20, flags);
        Compare(theirs, ours, keys: 23, orderMatters: true);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(12, 0)]
    [InlineData(8, MapFlags.ReadOnly)]
    public void Per_cpu_array(uint valueSize, uint flags)
    {
        using KernelMap theirs = KernelMap.Create(KernelMapType.PercpuArray, 4, (int)valueSize, 20, flags);
        using IPerCpuMap ours = MapMaker.PerCpuArray(valueSize, 20, flags);
        Assert.SkipUnless(theirs.ValueSize == ours.CpuCount * (int)MapMemory.RoundUp8(valueSize), "this process may not use every CPU that the kernel has");
        Compare(theirs, ours, keys: 23, orderMatters: true);
    }

    [Theory]
    [InlineData(4, 8, 0)]
    [InlineData(8, 12, MapFlags.NoPreallocation)]
    [InlineData(13, 3, 0)]
    [InlineData(4, 8, MapFlags.WriteOnly)]
    public void Per_cpu_hash(uint keySize, uint valueSize, uint flags)
    {
        using KernelMap theirs = KernelMap.Create(KernelMapType.PercpuHash, (int)keySize, (int)valueSize, 20, flags);
        using IPerCpuMap ours = MapMaker.PerCpuHash(keySize, valueSize, 20, flags);
        Assert.SkipUnless(theirs.ValueSize == ours.CpuCount * (int)MapMemory.RoundUp8(valueSize), "this process may not use every CPU that the kernel has");
        Compare(theirs, ours, keys: 30, orderMatters: false);
    }

    /// <summary>Room for all keys: which one has to go is each system's own choice.</summary>
    [Theory]
    [InlineData(4, 8)]
    [InlineData(24, 40)]
    public void Lru_hash_that_does_not_fill_up(uint keySize, uint valueSize)
    {
        using KernelMap theirs = KernelMap.Create(KernelMapType.LruHash, (int)keySize, (int)valueSize, 1000);
        using IKeyedMap ours = MapMaker.LruHash(keySize, valueSize, 1000);
        Compare(theirs, ours, keys: 30, orderMatters: false);
    }

    private static void Compare(KernelMap theirs, IKeyedMap ours, int keys, bool orderMatters)
    {
        var random = new Random(11);
        byte[] key = new byte[theirs.KeySize];
        byte[] value = new byte[theirs.ValueSize];
        byte[] expected = new byte[theirs.ValueSize];
        for (int step = 0; step < Operations; step++)
        {
            FillKey(key, random.Next(keys));
            string what;
            KernelOracle.Errno kernel;
            Errno skep;
            switch (random.Next(8))
            {
                case < 4:
                    random.NextBytes(value);
                    ulong flags = UpdateFlags[random.Next(UpdateFlags.Length)];
                    what = $"update with flags {flags:x}";
                    kernel = theirs.Update(key, value, (KernelUpdateFlags)flags);
                    skep = ours.Update(key, value, (MapUpdateFlags)flags);
                    break;
                case < 6:
                    what = "delete";
                    kernel = theirs.Delete(key);
                    skep = ours.Delete(key);
                    break;
                default:
                    what = "look-up";
                    kernel = theirs.Lookup(key, expected);
                    skep = ours.Lookup(key, value);
                    Assert.True(skep != Errno.None || expected.AsSpan().SequenceEqual(value), $"step {step}: the values of key {key[0]} differ");
                    break;
            }

            Assert.True((int)kernel == (int)skep, $"step {step}, {what} of key {key[0]}: the kernel says {kernel}, Skep {skep}");
            if (step % 500 == 0)
            {
                CompareContents(theirs, ours, orderMatters);
            }
        }

        CompareContents(theirs, ours, orderMatters);
    }

    private static void CompareContents(KernelMap theirs, IKeyedMap ours, bool orderMatters)
    {
        byte[] next = new byte[theirs.KeySize];
        List<string> expected = Walk(theirs.KeySize, (key, to) => (int)theirs.GetNextKey(key, to), (key, to) => (int)theirs.Lookup(key, to), theirs.ValueSize);
        List<string> actual = Walk(theirs.KeySize, (key, to) => (int)ours.NextKey(key, to), (key, to) => (int)ours.Lookup(key, to), theirs.ValueSize);
        if (!orderMatters)
        {
            expected.Sort(StringComparer.Ordinal);
            actual.Sort(StringComparer.Ordinal);
        }

        Assert.Equal(expected, actual);
        if (ours.NextKey([], next) == Errno.None)
        {
            Assert.Equal(expected.Count - 1, ours.Count);
        }

        // A key that is not there starts the walk over.
        FillKey(next, 199);
        byte[] afterUnknown = new byte[theirs.KeySize];
        byte[] first = new byte[theirs.KeySize];
        Assert.Equal((int)theirs.GetNextKey(next, afterUnknown), (int)ours.NextKey(next, afterUnknown));
        Assert.Equal(Errno.None == ours.NextKey([], first), ours.NextKey(next, afterUnknown) == Errno.None);
        Assert.Equal(first, afterUnknown);
    }

    /// <summary>All entries as text; at the end the error that ended the walk.</summary>
    private static List<string> Walk(int keySize, Step next, Step lookup, int valueSize)
    {
        var entries = new List<string>();
        byte[] key = [];
        byte[] value = new byte[valueSize];
        while (true)
        {
            byte[] following = new byte[keySize];
            int error = next(key, following);
            if (error != 0)
            {
                entries.Add($"end {error}");
                return entries;
            }

            key = following;
            entries.Add($"{Convert.ToHexString(key)} {lookup(key, value)} {Convert.ToHexString(value)}");
        }
    }

    private static void FillKey(Span<byte> key, int number)
    {
        key.Clear();
        key[0] = (byte)number;
        if (key.Length > 8)
        {
            // Differences at both ends, so that tails are hashed and compared.
            key[^1] = (byte)(number >> 1);
        }
    }

    private delegate int Step(ReadOnlySpan<byte> key, Span<byte> to);
}
