using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Maps.Tests;

public unsafe class HashMapTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(MapFlags.NoPreallocation)]
    public void A_full_map_takes_updates_and_nothing_else(uint flags)
    {
        using IKeyedMap map = MapMaker.Hash(4, 8, entries: 100, flags);
        for (uint key = 0; key < 100; key++)
        {
            ulong value = key;
            Assert.Equal(0, map.ProgramUpdate((byte*)&key, (byte*)&value, 0));
        }

        uint other = 100;
        ulong another = 5;
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(-(int)Errno.E2BIG, map.ProgramUpdate((byte*)&other, (byte*)&another, 0));
            Assert.Equal(-(int)Errno.E2BIG, map.ProgramUpdate((byte*)&other, (byte*)&another, 1));
            Assert.Equal(-(int)Errno.ENOENT, map.ProgramUpdate((byte*)&other, (byte*)&another, 2));
        }

        for (uint key = 0; key < 100; key++)
        {
            Assert.Equal(0, map.ProgramUpdate((byte*)&key, (byte*)&another, 2));
        }

        uint gone = 7;
        Assert.Equal(0, map.ProgramDelete((byte*)&gone));
        Assert.Equal(-(int)Errno.ENOENT, map.ProgramDelete((byte*)&gone));
        Assert.Equal(0, map.ProgramUpdate((byte*)&other, (byte*)&another, 1));
        Assert.Equal(100, map.Count);
    }

    [Fact]
    public void An_address_stays_and_keeps_the_old_value_when_the_key_is_updated()
    {
        using IKeyedMap map = MapMaker.Hash(4, 8, entries: 8);
        uint key = 1;
        ulong value = 10;
        map.ProgramUpdate((byte*)&key, (byte*)&value, 0);
        var before = (ulong*)map.ProgramLookup((byte*)&key);
        Assert.Equal(0, (nint)before % 8);
        for (uint other = 2; other < 8; other++)
        {
            map.ProgramUpdate((byte*)&other, (byte*)&value, 0);
            Assert.Equal((nint)before, map.ProgramLookup((byte*)&key));
        }

        value = 20;
        map.ProgramUpdate((byte*)&key, (byte*)&value, 0);
        Assert.Equal(10ul, *before);
        Assert.Equal(20ul, *(ulong*)map.ProgramLookup((byte*)&key));
    }

    [Fact]
    public void A_value_can_be_copied_within_its_map()
    {
        using IKeyedMap map = MapMaker.Hash(4, 8, entries: 2);
        (uint from, uint to, ulong value) = (1, 2, 42);
        map.ProgramUpdate((byte*)&from, (byte*)&value, 0);
        Assert.Equal(0, map.ProgramUpdate((byte*)&to, (byte*)map.ProgramLookup((byte*)&from), 0));
        Assert.Equal(0, map.ProgramUpdate((byte*)&from, (byte*)map.ProgramLookup((byte*)&from), 0));
        Assert.Equal(42ul, *(ulong*)map.ProgramLookup((byte*)&to));
        Assert.Equal(42ul, *(ulong*)map.ProgramLookup((byte*)&from));
    }

    [Fact]
    public void The_order_differs_by_seed_and_is_fixed_without_one()
    {
        Assert.Equal(Order(MapFlags.ZeroSeed), Order(MapFlags.ZeroSeed));
        Assert.NotEqual(Order(0), Order(0));

        static uint[] Order(uint flags)
        {
            using IKeyedMap map = Filled(64, flags);
            return [.. Keys(map)];
        }
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(8u)]
    [InlineData(12u)]
    public void Hashes_of_neighbouring_keys_spread(uint keySize)
    {
        // 4096 keys in 4096 buckets: a perfect hash function leaves 1/e of them empty and makes hardly any chain longer than 8.
        const int Buckets = 4096;
        byte* key = stackalloc byte[16];
        foreach (int shift in (int[])[0, 8, 20, .. keySize > 4 ? (int[])[32, 52] : []])
        {
            var seed = HashSeed.Random();
            int[] chains = new int[Buckets];
            for (uint number = 0; number < Buckets; number++)
            {
                *(ulong*)key = (ulong)number << shift;
                uint hash = keySize switch
                {
                    4 => FourByteKey.Hash(key, 4, seed),
                    8 => EightByteKey.Hash(key, 8, seed),
                    _ => AnyKey.Hash(key, keySize, seed),
                };
                chains[hash % Buckets]++;
            }

            Assert.InRange(chains.Count(length => length == 0), Buckets * 0.33, Buckets * 0.41);
            Assert.InRange(chains.Max(), 2, 12);
        }
    }

    [Fact]
    public void A_map_without_preallocation_starts_small_and_reuses_what_was_deleted()
    {
        using IKeyedMap map = MapMaker.Hash(4, 1024, entries: 4096, MapFlags.NoPreallocation);
        long empty = map.MemoryBytes;
        Assert.InRange(empty, 1, 4096 * 64);
        byte[] value = new byte[1024];
        for (int round = 0; round < 50; round++)
        {
            for (int key = 0; key < 100; key++)
            {
                Assert.Equal(Errno.None, map.Update(BitConverter.GetBytes(key), value));
            }

            for (int key = 0; key < 100; key++)
            {
                Assert.Equal(Errno.None, map.Delete(BitConverter.GetBytes(key)));
            }
        }

        Assert.InRange(map.MemoryBytes, empty + (100 * 1024), empty + (400 * 1024));
    }

    internal static IKeyedMap Filled(uint count, uint flags = 0)
    {
        IKeyedMap map = MapMaker.Hash(4, 8, count, flags);
        for (uint key = 0; key < count; key++)
        {
            ulong value = key;
            Assert.Equal(0, map.ProgramUpdate((byte*)&key, (byte*)&value, 0));
        }

        return map;
    }

    internal static IEnumerable<uint> Keys(IKeyedMap map)
    {
        byte[] key = [];
        byte[] next = new byte[4];
        while (map.NextKey(key, next) == Errno.None)
        {
            yield return MemoryMarshal.Read<uint>(next);
            key = [.. next];
        }
    }
}
