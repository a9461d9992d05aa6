using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Testing;

/// <summary>Maps under many threads.</summary>
public abstract unsafe partial class KeyedMapContract
{
    [Fact]
    public void No_value_is_torn_or_another_keys()
    {
        if (ValueSize < sizeof(ulong))
        {
            return;
        }

        using IKeyedMap map = MakeKeyed(Entries);
        uint range = map.Spec.MaxEntries + (HasAllKeys ? 0 : map.Spec.MaxEntries / 2);
        Crowd.Run(Crowd.Threads, thread =>
        {
            var random = new Random(thread);
            byte[] found = Value(map, 0);
            for (int step = 0; step < 20_000; step++)
            {
                uint number = (uint)random.Next((int)range);
                switch (random.Next(4))
                {
                    case 0:
                        Errno updated = map.Update(Key(number), Value(map, ((ulong)number << 32) | (uint)random.Next()));
                        Assert.True(updated is Errno.None || (updated == FullError && !HasAllKeys && !Evicts), $"update: {updated}");
                        break;
                    case 1:
                        Assert.Contains(map.Delete(Key(number)), (Errno[])(HasAllKeys ? [Errno.EINVAL] : [Errno.None, Errno.ENOENT]));
                        break;
                    default:
                        if (map.Lookup(Key(number), found) == Errno.None)
                        {
                            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(found);
                            foreach (ulong word in words[..(int)(ValueSize / sizeof(ulong))])
                            {
                                Assert.True(word >> 32 == number || word == 0, $"key {number} has a word 0x{word:x} of key {word >> 32}");
                                Assert.True(IsWhole(word, words[0]), $"key {number} has parts of two values: 0x{words[0]:x}, 0x{word:x}");
                            }
                        }

                        break;
                }
            }
        });
        Assert.Equal(Walk(map).Count, map.Count);
    }

    /// <summary>Whether a word may stand in a value with another one: by default only when they were written together. Types whose values change word by word, as arrays, override it.</summary>
    protected virtual bool IsWhole(ulong word, ulong first) => HasAllKeys || word == first;

    [Fact]
    public void At_the_end_the_map_holds_what_its_writers_left()
    {
        const uint each = 50;
        using IKeyedMap map = MakeKeyed(Crowd.Threads * each);
        var left = new Dictionary<uint, ulong>[Crowd.Threads];
        Crowd.Run(Crowd.Threads, thread =>
        {
            var random = new Random(thread + 100);
            var mine = new Dictionary<uint, ulong>();
            for (int step = 0; step < 10_000; step++)
            {
                uint number = ((uint)thread * each) + (uint)random.Next((int)each);
                if (!HasAllKeys && random.Next(3) == 0)
                {
                    Assert.Equal(mine.Remove(number) ? Errno.None : Errno.ENOENT, map.Delete(Key(number)));
                }
                else
                {
                    Assert.Equal(Errno.None, map.Update(Key(number), Value(map, (ulong)step)));
                    mine[number] = (ulong)step;
                }
            }

            left[thread] = mine;
        });
        byte[] found = Value(map, 0);
        foreach ((uint number, ulong word) in left.SelectMany(mine => mine))
        {
            Assert.Equal(Errno.None, map.Lookup(Key(number), found));
            Assert.Equal(Value(map, word), found);
        }

        Assert.Equal(HasAllKeys ? map.Spec.MaxEntries : left.Sum(mine => mine.Count), map.Count);
        Assert.Equal(map.Count, Walk(map).Count);
    }

    [Fact]
    public void A_key_that_stays_is_found_whatever_happens_around_it()
    {
        uint stable = Entries / 4;
        using IKeyedMap map = MakeKeyed(Entries);
        for (uint number = 0; number < stable; number++)
        {
            Assert.Equal(Errno.None, map.Update(Key(number), Value(map, number)));
        }

        if (Evicts)
        {
            return;
        }

        Crowd.Run(Crowd.Threads, thread =>
        {
            var random = new Random(thread);
            byte[] found = Value(map, 0);
            for (int step = 0; step < 20_000; step++)
            {
                uint number = (uint)random.Next((int)stable);
                if (thread % 2 == 0)
                {
                    uint churned = stable + (uint)random.Next((int)Entries);
                    map.Update(Key(number), Value(map, number));
                    map.Update(Key(churned), Value(map, churned));
                    map.Delete(Key(churned));
                    continue;
                }

                Assert.True(map.Lookup(Key(number), found) == Errno.None, $"key {number} was missed in step {step}");
                fixed (byte* key = Key(number))
                {
                    Assert.True(map.ProgramLookup(key) != 0, $"key {number} was missed by the program side in step {step}");
                }
            }
        });
    }

    [Fact]
    public void Each_of_many_deletions_and_places_counts_once()
    {
        if (HasAllKeys || Evicts)
        {
            return;
        }

        using IKeyedMap map = MakeKeyed(Entries);
        for (int round = 0; round < 50; round++)
        {
            long inside = 0;
            Crowd.Run(4, thread =>
            {
                for (uint number = 0; number < Entries; number++)
                {
                    Interlocked.Add(ref inside, map.Update(Key(((uint)thread * Entries) + number), Value(map, 1)) == Errno.None ? 1 : 0);
                }
            });
            Assert.Equal(map.Spec.MaxEntries, inside);
            List<byte[]> keys = Walk(map);
            Assert.Equal(inside, keys.Count);
            Crowd.Run(4, _ => keys.ForEach(key => Interlocked.Add(ref inside, map.Delete(key) == Errno.None ? -1 : 0)));
            Assert.Equal(0, inside);
            Assert.Equal(0, map.Count);
        }
    }

    [Fact]
    public void Disposing_while_user_code_works_throws_there_and_nowhere_else()
    {
        for (int round = 0; round < 50; round++)
        {
            IKeyedMap map = MakeKeyed(Entries);
            Crowd.Run(4, thread =>
            {
                if (thread == 0)
                {
                    for (uint step = 0; step < round * 5; step++)
                    {
                        map.Update(Key(step % Entries), Value(map, step));
                    }

                    map.Dispose();
                    return;
                }

                Assert.Throws<ObjectDisposedException>(() => WorkForEver(map, (uint)thread));
            });
        }
    }

    private void WorkForEver(IKeyedMap map, uint thread)
    {
        byte[] value = Value(map, thread);
        byte[] next = new byte[KeySize];
        for (uint step = 0; ; step++)
        {
            byte[] key = Key(step * thread % Entries);
            _ = (step % 4) switch
            {
                0 => map.Update(key, value),
                1 => map.Delete(key),
                2 => map.NextKey(key, next),
                _ => map.Lookup(key, value),
            };
        }
    }
}
