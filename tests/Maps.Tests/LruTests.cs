using Skep.Contracts;
using Skep.Testing;

namespace Skep.Maps.Tests;

public unsafe class LruTests
{
    [Fact]
    public void What_programs_use_stays()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 4);
        for (int i = 0; i < 4; i++)
        {
            Put(map, i);
        }

        Use(map, 0);
        Use(map, 2);
        Put(map, 10);
        Put(map, 11);
        Assert.Equal([0, 2, 10, 11], Keys(map));
        Assert.Equal(4, map.Count);
    }

    [Fact]
    public void Without_use_the_oldest_goes()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 4);
        for (int i = 0; i < 9; i++)
        {
            Put(map, i);
        }

        Assert.Equal([5, 6, 7, 8], Keys(map));
    }

    [Fact]
    public void Look_ups_of_user_code_are_no_use()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 2);
        Put(map, 0);
        Put(map, 1);
        Assert.Equal(Errno.None, map.Lookup(BitConverter.GetBytes(0), new byte[8]));
        Put(map, 2);
        Assert.Equal([1, 2], Keys(map));
    }

    [Fact]
    public void Everything_in_use_still_makes_room()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 3);
        for (int i = 0; i < 100; i++)
        {
            Put(map, i);
            Use(map, i);
        }

        Assert.Equal(3, Keys(map).Count);
        Assert.Contains(99, Keys(map));
    }

    [Fact]
    public void Flags_are_kept_in_a_full_map()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 2);
        Put(map, 0);
        Put(map, 1);
        Assert.Equal(Errno.EEXIST, map.Update(BitConverter.GetBytes(1), new byte[8], MapUpdateFlags.NoExist));
        Assert.Equal(Errno.ENOENT, map.Update(BitConverter.GetBytes(2), new byte[8], MapUpdateFlags.Exist));
        Assert.Equal([0, 1], Keys(map));
        Assert.False(new LruHashMapType().Descriptor.AllowedFlags == 0);
    }

    [Fact]
    public void A_crowd_never_finds_it_full_or_too_full()
    {
        using IKeyedMap map = MapMaker.LruHash(4, 8, 50);
        using IPerCpuMap perCpu = MapMaker.LruPerCpuHash(4, 8, 50);
        Crowd.Run(8, index =>
        {
            var random = new Random(index);
            byte[] value = new byte[8 * perCpu.CpuCount];
            for (int i = 0; i < 20_000; i++)
            {
                int key = random.Next(500);
                Assert.Equal(Errno.None, map.Update(BitConverter.GetBytes(key), BitConverter.GetBytes((long)key)));
                Assert.Equal(Errno.None, perCpu.Update(BitConverter.GetBytes(key), value));
                Assert.InRange(map.Count, 0, 50);
                int other = random.Next(500);
                long found = -1;
                if (map.Lookup(BitConverter.GetBytes(other), new Span<byte>(&found, 8)) == Errno.None)
                {
                    Assert.Equal(other, found);
                }
            }
        });
        Assert.InRange(Keys(map).Count, 40, 50);
    }

    [Fact]
    public void Programs_write_the_value_of_their_cpu()
    {
        using IPerCpuMap map = MapMaker.PerCpuHash(4, 4, 4);
        int key = 5;
        int value = 77;
        Assert.Equal(0, map.ProgramUpdate((byte*)&key, (byte*)&value, 0));
        byte[] all = new byte[8 * map.CpuCount];
        Assert.Equal(Errno.None, map.Lookup(BitConverter.GetBytes(key), all));
        Assert.Equal(77, Enumerable.Range(0, map.CpuCount).Sum(cpu => BitConverter.ToInt32(all, cpu * 8)));
        int sum = 0;
        for (int cpu = 0; cpu < map.CpuCount; cpu++)
        {
            sum += *(int*)map.ProgramLookup((byte*)&key, cpu);
        }

        Assert.Equal(77, sum);
        Assert.Equal(0, map.ProgramLookup((byte*)&key, map.CpuCount));
        Assert.NotEqual(0, map.ProgramLookup((byte*)&key));
        Assert.Equal(-(long)Errno.EEXIST, map.ProgramUpdate((byte*)&key, (byte*)&value, (ulong)MapUpdateFlags.NoExist));
        Assert.Equal(0, map.ProgramDelete((byte*)&key));
        Assert.Equal(0, map.ProgramLookup((byte*)&key));
    }

    private static void Put(IKeyedMap map, int key) => Assert.Equal(Errno.None, map.Update(BitConverter.GetBytes(key), BitConverter.GetBytes((long)key)));

    private static void Use(IKeyedMap map, int key) => Assert.NotEqual(0, map.ProgramLookup((byte*)&key));

    private static List<int> Keys(IKeyedMap map)
    {
        var keys = new List<int>();
        byte[] key = [];
        byte[] next = new byte[4];
        while (map.NextKey(key, next) == Errno.None)
        {
            key = [.. next];
            keys.Add(BitConverter.ToInt32(key));
        }

        keys.Sort();
        return keys;
    }
}
