using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Testing;

namespace Skep.Maps.Tests;

/// <summary>Eight threads on one map, with more threads than processors, so that they are interrupted anywhere.</summary>
public unsafe class HashConcurrencyTests
{
    private const int Threads = 8;

    [Theory]
    [InlineData(4u, 0u)]
    [InlineData(8u, MapFlags.NoPreallocation)]
    [InlineData(12u, 0u)]
    public void User_code_never_sees_a_torn_value_or_another_keys(uint keySize, uint flags)
    {
        // 48 keys for 32 places: chains collide, and the map is full again and again.
        const uint ValueWords = 6;
        using IKeyedMap map = MapMaker.Hash(keySize, ValueWords * 8, 32, flags);
        Crowd.Run(Threads, thread =>
        {
            var random = new Random(thread);
            byte[] key = new byte[keySize];
            ulong[] words = new ulong[ValueWords];
            Span<byte> value = MemoryMarshal.AsBytes(words.AsSpan());
            for (int step = 0; step < 40_000; step++)
            {
                uint number = (uint)random.Next(48);
                MemoryMarshal.Write(key, number);
                switch (random.Next(4))
                {
                    case 0:
                        words.AsSpan().Fill(((ulong)number << 32) | (uint)random.Next());
                        Assert.Contains(map.Update(key, value), (Errno[])[Errno.None, Errno.E2BIG]);
                        break;
                    case 1:
                        Assert.Contains(map.Delete(key), (Errno[])[Errno.None, Errno.ENOENT]);
                        break;
                    default:
                        if (map.Lookup(key, value) == Errno.None)
                        {
                            Assert.Equal(number, (uint)(words[0] >> 32));
                            Assert.Equal(-1, words.AsSpan().IndexOfAnyExcept(words[0]));
                        }

                        break;
                }
            }
        });
        Assert.Equal(HashWalk(map, keySize), map.Count);
    }

    [Fact]
    public void A_key_that_stays_is_found_whatever_happens_around_it()
    {
        // Half of the threads replace the values of keys that are never deleted and churn others through the same buckets; the rest look.
        const uint Stable = 16;
        using IKeyedMap map = MapMaker.Hash(4, 16, 32);
        for (uint key = 0; key < Stable; key++)
        {
            Put(map, key, key);
        }

        Crowd.Run(Threads, thread =>
        {
            var random = new Random(thread);
            for (int step = 0; step < 60_000; step++)
            {
                uint stable = (uint)random.Next((int)Stable);
                if (thread % 2 == 0)
                {
                    uint churned = Stable + (uint)random.Next(64);
                    Put(map, stable, (uint)step);
                    Put(map, churned, (uint)step);
                    map.ProgramDelete((byte*)&churned);
                    continue;
                }

                var value = (ulong*)map.ProgramLookup((byte*)&stable);
                Assert.True(value is not null, $"key {stable} was missed in step {step}");

                // The element may be another key's by now, but an aligned word is whole at all times.
                ulong word = Volatile.Read(ref *value);
                Assert.True((uint)word == ~(uint)(word >> 32), $"a torn word: {word:x16}");
            }
        });
        Assert.Equal((int)Stable, HashMapTests.Keys(map).Count(key => key < Stable));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(MapFlags.NoPreallocation)]
    public void At_the_end_the_map_holds_what_its_writers_left(uint flags)
    {
        const uint KeysEach = 200;
        using IKeyedMap map = MapMaker.Hash(4, 16, Threads * KeysEach, flags);
        var left = new Dictionary<uint, uint>[Threads];
        Crowd.Run(Threads, thread =>
        {
            var random = new Random(thread + 100);
            var mine = new Dictionary<uint, uint>();
            for (int step = 0; step < 30_000; step++)
            {
                uint key = ((uint)thread * KeysEach) + (uint)random.Next((int)KeysEach);
                if (random.Next(3) == 0)
                {
                    Assert.Equal(mine.Remove(key) ? 0 : -(long)Errno.ENOENT, map.ProgramDelete((byte*)&key));
                }
                else
                {
                    Assert.Equal(0, Put(map, key, (uint)step));
                    mine[key] = (uint)step;
                }
            }

            left[thread] = mine;
        });
        Dictionary<uint, uint> expected = left.SelectMany(mine => mine).ToDictionary();
        Assert.Equal(expected.Count, map.Count);
        Assert.Equal(expected.Keys.Order(), HashMapTests.Keys(map).Order());
        Assert.All(expected, entry => Assert.Equal(entry.Value, Get(map, entry.Key)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(MapFlags.NoPreallocation)]
    public void Never_more_than_max_entries_get_in_and_no_place_is_lost(uint flags)
    {
        const int Entries = 64;
        using IKeyedMap map = MapMaker.Hash(4, 16, Entries, flags);
        for (int round = 0; round < 200; round++)
        {
            long accepted = 0;
            Crowd.Run(4, thread =>
            {
                for (uint number = 0; number < 32; number++)
                {
                    long result = Put(map, ((uint)thread * 32) + number, 1);
                    Assert.Contains(result, (long[])[0, -(long)Errno.E2BIG]);
                    Interlocked.Add(ref accepted, result == 0 ? 1 : 0);
                }
            });
            Assert.Equal(Entries, accepted);
            Assert.Equal(Entries, map.Count);
            uint[] keys = [.. HashMapTests.Keys(map)];
            Assert.Equal(Entries, keys.Length);
            Crowd.Run(4, thread =>
            {
                // All threads delete the same keys: each succeeds once.
                foreach (uint key in keys)
                {
                    uint copy = key;
                    Interlocked.Add(ref accepted, map.ProgramDelete((byte*)&copy) == 0 ? -1 : 0);
                }
            });
            Assert.Equal(0, accepted);
            Assert.Equal(0, map.Count);
        }
    }

    private static long Put(IKeyedMap map, uint key, uint number)
    {
        ulong* value = stackalloc ulong[2];
        value[0] = ((ulong)~number << 32) | number;
        value[1] = value[0];
        return map.ProgramUpdate((byte*)&key, (byte*)value, 0);
    }

    private static uint Get(IKeyedMap map, uint key) => (uint)*(ulong*)map.ProgramLookup((byte*)&key);

    private static long HashWalk(IKeyedMap map, uint keySize)
    {
        long count = 0;
        byte[] key = [];
        byte[] next = new byte[keySize];
        while (map.NextKey(key, next) == Errno.None)
        {
            count++;
            key = [.. next];
        }

        return count;
    }
}
