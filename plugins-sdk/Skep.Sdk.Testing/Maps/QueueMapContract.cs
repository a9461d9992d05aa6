using System.Collections.Concurrent;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>In which order a queue gives its values back.</summary>
public enum QueueOrder
{
    FirstInFirstOut,

    LastInFirstOut,
}

/// <summary>What holds for every map without keys that values are pushed to.</summary>
public abstract unsafe class QueueMapContract : MapTypeContract
{
    private const uint Entries = 32;

    protected virtual QueueOrder Order => QueueOrder.FirstInFirstOut;

    protected override uint ValueSize => Nearest(Create().Descriptor.ValueSize, sizeof(ulong));

    protected override void Fill(IMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        for (uint i = 0; i < map.Spec.MaxEntries; i++)
        {
            Assert.Equal(0, Push((IQueueMap)map, i));
        }
    }

    protected override void Touch(IMap map) => Assert.Equal(-(long)Errno.ENOENT, Pop((IQueueMap)map, out _));

    [Fact]
    public void Values_come_out_in_order()
    {
        using var map = (IQueueMap)Make(Entries);
        for (uint i = 0; i < map.Spec.MaxEntries; i++)
        {
            Assert.Equal(0, Push(map, i));
        }

        Assert.Equal(-(long)Errno.E2BIG, Push(map, 99));
        for (uint i = 0; i < map.Spec.MaxEntries; i++)
        {
            ulong expected = Order == QueueOrder.FirstInFirstOut ? i : map.Spec.MaxEntries - 1 - i;
            Assert.Equal(0, Peek(map, out ulong seen));
            Assert.Equal(expected, seen);
            Assert.Equal(0, Pop(map, out ulong taken));
            Assert.Equal(expected, taken);
        }

        Assert.Equal(-(long)Errno.ENOENT, Pop(map, out _));
        Assert.Equal(-(long)Errno.ENOENT, Peek(map, out _));
    }

    [Fact]
    public void A_push_that_insists_drops_the_oldest()
    {
        using var map = (IQueueMap)Make(Entries);
        Fill(map);
        Assert.Equal(0, Push(map, 77, (ulong)MapUpdateFlags.Exist));
        List<ulong> left = [];
        while (Pop(map, out ulong value) == 0)
        {
            left.Add(value);
        }

        Assert.Equal((int)map.Spec.MaxEntries, left.Count);
        Assert.DoesNotContain(0UL, left);
        Assert.Equal(77UL, Order == QueueOrder.FirstInFirstOut ? left[^1] : left[0]);
    }

    [Fact]
    public void Flags_that_mean_nothing_here_are_EINVAL()
    {
        using var map = (IQueueMap)Make(Entries);
        foreach (ulong flags in (ulong[])[(ulong)MapUpdateFlags.NoExist, 3, 4, 8, ulong.MaxValue])
        {
            Assert.Equal(-(long)Errno.EINVAL, Push(map, 1, flags));
        }

        Assert.Equal(-(long)Errno.ENOENT, Pop(map, out _));
    }

    [Fact]
    public void Random_operations_do_what_a_list_does()
    {
        var random = new Random(11);
        using var map = (IQueueMap)Make(Entries);
        var model = new List<ulong>();
        for (uint step = 0; step < 20_000; step++)
        {
            int next = Order == QueueOrder.FirstInFirstOut ? 0 : model.Count - 1;
            if (random.Next(2) == 0)
            {
                bool isFull = model.Count == map.Spec.MaxEntries;
                Assert.Equal(isFull ? -(long)Errno.E2BIG : 0, Push(map, step & 0xff));
                if (!isFull)
                {
                    model.Add(step & 0xff);
                }
            }
            else
            {
                Assert.Equal(model.Count == 0 ? -(long)Errno.ENOENT : 0, Pop(map, out ulong value));
                if (model.Count > 0)
                {
                    Assert.Equal(model[next], value);
                    model.RemoveAt(next);
                }
            }
        }
    }

    [Fact]
    public void Nothing_is_lost_or_given_twice_between_threads()
    {
        const uint each = 10_000;
        if (ValueSize < sizeof(uint))
        {
            return;
        }

        using var map = (IQueueMap)Make(Entries);
        var taken = new ConcurrentDictionary<ulong, int>();
        int left = (int)each * 4;
        Crowd.Run(Crowd.Threads, thread =>
        {
            if (thread < 4)
            {
                for (uint i = 0; i < each; i++)
                {
                    while (Push(map, ((ulong)thread * each) + i) != 0)
                    {
                        Thread.Yield();
                    }
                }

                return;
            }

            // A map that loses values would keep the others waiting for ever.
            for (int idle = 0; Volatile.Read(ref left) > 0 && idle < 2_000_000; idle++)
            {
                if (Pop(map, out ulong value) == 0)
                {
                    Assert.True(taken.TryAdd(value, thread), $"{value} came out twice, or was never put in");
                    Interlocked.Decrement(ref left);
                    idle = 0;
                }
                else
                {
                    Thread.Yield();
                }
            }
        });
        Assert.Equal(0, left);
        Assert.Equal(Enumerable.Range(0, (int)each * 4).Select(value => (ulong)value), taken.Keys.Order());
    }

    [Fact]
    public void Programs_of_every_engine_push_and_pop()
    {
        if ((Create().Descriptor.Operations & (MapOperations.Push | MapOperations.Pop | MapOperations.Peek)) != (MapOperations.Push | MapOperations.Pop | MapOperations.Peek))
        {
            return;
        }

        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(Entries));
        int room = (int)MapMemory.RoundUp8(ValueSize);
        string clear = string.Concat(Enumerable.Range(0, room / 8).Select(i => $"*(u64 *)(r10 {(i * 8) - room}) = 0\n"));
        string call = $"r1 = map[m]\nr2 = r10\nr2 += -{room}\n";
        foreach (string engine in runtime.Engines)
        {
            for (ulong value = 1; value < 4; value++)
            {
                Assert.Equal(0UL, runtime.Run($"{clear}*(u8 *)(r10 -{room}) = {value}\n{call}r3 = 0\ncall bpf_map_push_elem\nexit", engine));
            }

            foreach (ulong expected in (ulong[])(Order == QueueOrder.FirstInFirstOut ? [1, 2, 3] : [3, 2, 1]))
            {
                Assert.Equal(expected, runtime.Run($"{clear}{call}call bpf_map_peek_elem\nif r0 != 0 goto out\nr0 = *(u8 *)(r10 -{room})\nout:\nexit", engine));
                Assert.Equal(expected, runtime.Run($"{clear}{call}call bpf_map_pop_elem\nif r0 != 0 goto out\nr0 = *(u8 *)(r10 -{room})\nout:\nexit", engine));
            }

            Assert.Equal(Errno.ENOENT.ToProgram(), runtime.Run($"{clear}{call}call bpf_map_pop_elem\nexit", engine));
            Assert.Equal(-(long)Errno.ENOENT, Pop((IQueueMap)map.Map, out _));
        }
    }

    /// <summary>Pushes a value that begins with a number.</summary>
    protected long Push(IQueueMap map, ulong number, ulong flags = 0)
    {
        ArgumentNullException.ThrowIfNull(map);
        byte[] room = new byte[MapMemory.RoundUp8(Math.Max(ValueSize, sizeof(ulong)))];
        BitConverter.TryWriteBytes(room, number);
        fixed (byte* bytes = room)
        {
            return map.Push(bytes, flags);
        }
    }

    /// <summary>Takes a value out.</summary>
    protected long Pop(IQueueMap map, out ulong number)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Read(map.Pop, out number);
    }

    /// <summary>Looks at the next value.</summary>
    protected long Peek(IQueueMap map, out ulong number)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Read(map.Peek, out number);
    }

    private delegate long Reader(byte* value);

    private long Read(Reader read, out ulong number)
    {
        byte[] room = new byte[MapMemory.RoundUp8(Math.Max(ValueSize, sizeof(ulong)))];
        fixed (byte* bytes = room)
        {
            long result = read(bytes);
            number = BitConverter.ToUInt64(room);
            return result;
        }
    }
}
