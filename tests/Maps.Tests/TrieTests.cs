using System.Buffers.Binary;
using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Testing;
using Errno = Skep.Contracts.Errno;

namespace Skep.Maps.Tests;

public unsafe class TrieTests
{
    [Fact]
    public void The_longest_prefix_wins()
    {
        using IKeyedMap map = MapMaker.Trie(8, 8, 10);
        Put(map, 8, 0x0a000000, 1);
        Put(map, 16, 0x0a010000, 2);
        Put(map, 32, 0x0a010203, 3);
        Put(map, 0, 0, 4);
        Assert.Equal(3, Get(map, 32, 0x0a010203));
        Assert.Equal(2, Get(map, 32, 0x0a010204));
        Assert.Equal(2, Get(map, 24, 0x0a010203));
        Assert.Equal(1, Get(map, 32, 0x0a020304));
        Assert.Equal(4, Get(map, 32, 0x7f000001));
        Assert.Equal(Errno.None, map.Delete(Key(16, 0x0a010000)));
        Assert.Equal(1, Get(map, 32, 0x0a010204));
        Assert.Equal(Errno.ENOENT, map.Delete(Key(16, 0x0a010000)));
        Assert.Equal(3, map.Count);
    }

    [Fact]
    public void A_prefix_is_no_longer_than_the_key()
    {
        using IKeyedMap map = MapMaker.Trie(8, 8, 10);
        Assert.Equal(Errno.EINVAL, map.Update(Key(33, 0), new byte[8]));
        Assert.Equal(Errno.EINVAL, map.Delete(Key(33, 0)));
        Put(map, 0, 0, 1);
        Assert.Null(Get(map, 33, 0));
    }

    [Fact]
    public void Without_NO_PREALLOC_there_is_none()
        => Assert.False(new PrefixTrieType().Create(MapMaker.Spec(11, 8, 8, 10)).IsSuccess);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 8)]
    [InlineData(9, 8)]
    [InlineData(16, 1)]
    public void It_does_what_the_kernel_does(int dataBytes, int valueBytes)
    {
        Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);
        using KernelMap theirs = KernelMap.Create(KernelMapType.LpmTrie, 4 + dataBytes, valueBytes, 40, MapFlags.NoPreallocation);
        using IKeyedMap ours = MapMaker.Trie(4 + (uint)dataBytes, (uint)valueBytes, 40);
        var random = new Random(5);
        byte[] value = new byte[valueBytes];
        byte[] expected = new byte[valueBytes];
        for (int step = 0; step < 20_000; step++)
        {
            byte[] key = RandomKey(random, dataBytes);
            int kernel;
            Errno skep;
            switch (random.Next(4))
            {
                case 0:
                    random.NextBytes(value);
                    ulong flags = (ulong)random.Next(4);
                    kernel = (int)theirs.Update(key, value, (KernelUpdateFlags)flags);
                    skep = ours.Update(key, value, (MapUpdateFlags)flags);
                    break;
                case 1 when random.Next(2) == 0:
                    kernel = (int)theirs.Delete(key);
                    skep = ours.Delete(key);
                    break;
                case 2:
                    byte[] theirNext = new byte[key.Length];
                    byte[] ourNext = new byte[key.Length];
                    kernel = (int)theirs.GetNextKey(key, theirNext);
                    skep = ours.NextKey(key, ourNext);
                    Assert.Equal(theirNext, ourNext);
                    break;
                default:
                    kernel = (int)theirs.Lookup(key, expected);
                    skep = ours.Lookup(key, value);
                    Assert.True(skep != Errno.None || expected.AsSpan().SequenceEqual(value), $"step {step}");
                    break;
            }

            Assert.True(kernel == (int)skep, $"step {step}, key {Convert.ToHexString(key)}: the kernel says {kernel}, Skep {skep}");
        }
    }

    [Fact]
    public void Readers_beside_writers_find_a_value_of_a_prefix_of_their_key()
    {
        using IKeyedMap map = MapMaker.Trie(8, 8, 64);
        Put(map, 0, 0, 0);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Crowd.Run(4, index =>
        {
            var random = new Random(index);
            while (!stop.IsCancellationRequested)
            {
                uint address = (uint)random.Next(4) << 30 | (uint)random.Next(4) << 16;
                int length = random.Next(33);
                if (index < 2 && length > 0)
                {
                    // The value says which prefix it belongs to.
                    uint prefix = address & (uint)-(1L << (32 - length));
                    map.Update(Key(length, prefix), BitConverter.GetBytes((long)length << 32 | prefix));
                    map.Delete(Key(random.Next(1, 33), address));
                    continue;
                }

                fixed (byte* key = Key(32, address))
                {
                    Assert.NotEqual(0, map.ProgramLookup(key));
                }

                byte[] value = new byte[8];
                Assert.Equal(Errno.None, map.Lookup(Key(32, address), value));
                long found = BitConverter.ToInt64(value);
                Assert.Equal((uint)found, address & (uint)-(1L << (32 - (int)(found >> 32))));
            }
        });
    }

    private static byte[] RandomKey(Random random, int dataBytes)
    {
        byte[] key = new byte[4 + dataBytes];
        BinaryPrimitives.WriteInt32LittleEndian(key, random.Next((dataBytes * 8) + 2));
        for (int i = 4; i < key.Length; i++)
        {
            // Few different bytes, so that prefixes meet.
            key[i] = (byte)(random.Next(3) * 0x55);
        }

        return key;
    }

    private static byte[] Key(int length, uint address)
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(key, length);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(4), address);
        return key;
    }

    private static void Put(IKeyedMap map, int length, uint address, long value) => Assert.Equal(Errno.None, map.Update(Key(length, address), BitConverter.GetBytes(value)));

    private static long? Get(IKeyedMap map, int length, uint address)
    {
        fixed (byte* key = Key(length, address))
        {
            long* value = (long*)map.ProgramLookup(key);
            return value is null ? null : *value;
        }
    }
}
