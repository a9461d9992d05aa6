using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Runtime;
using Skep.Testing;

namespace Skep.Maps.Tests;

public class MapViewTests
{
    [Fact]
    public void A_hash_map_reads_like_a_dictionary()
    {
        using SkepRuntime runtime = MapMaker.Runtime();
        var view = new MapView<uint, Counters>(runtime.CreateMap(MapMaker.Spec(1, 4, 16, 3)).GetOrThrow());
        Assert.False(view.TryGetValue(1, out _));
        Assert.Throws<KeyNotFoundException>(() => view[1]);
        Assert.True(view.TryAdd(1, new Counters(1, 2)));
        Assert.False(view.TryAdd(1, default));
        Assert.False(view.TryUpdate(2, default));
        view[2] = new Counters(3, 4);
        view.AddOrUpdate(3, new Counters(5, 6));
        view.AddOrUpdate(3, new Counters(7, 8));
        Assert.Equal(new Counters(3, 4), view[2]);
        Assert.Equal(3, view.Count);
        Assert.Equal([new(1, new Counters(1, 2)), new(2, new Counters(3, 4)), new(3, new Counters(7, 8))], view.OrderBy(entry => entry.Key));
        string full = Assert.Throws<InvalidOperationException>(() => view.TryAdd(4, default)).Message;
        Assert.Contains("E2BIG", full, StringComparison.Ordinal);
        Assert.Contains("max_entries 3", full, StringComparison.Ordinal);
        Assert.True(view.Remove(2));
        Assert.False(view.Remove(2));
        Assert.False(view.ContainsKey(2));
    }

    [Fact]
    public void Sizes_must_agree()
    {
        using IKeyedMap map = MapMaker.Hash(4, 16, 3);
        string message = Assert.Throws<ArgumentException>(() => new MapView<ulong, Counters>(map)).Message;
        Assert.Contains("keys of map m have 4 bytes; System.UInt64 has 8", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => new MapView<uint, byte>(map)).Message;
        Assert.Contains("values of map m have 16 bytes; System.Byte has 1", message, StringComparison.Ordinal);
        using IPerCpuMap perCpu = MapMaker.PerCpuArray(8, 1);
        Assert.Contains("for each CPU", Assert.Throws<ArgumentException>(() => new MapView<uint, ulong>(perCpu)).Message, StringComparison.Ordinal);
        using SkepRuntime runtime = MapMaker.Runtime();
        LoadedMap ring = runtime.CreateMap(MapMaker.Spec(27, 0, 0, 4096)).GetOrThrow();
        Assert.Contains("no keys", Assert.Throws<ArgumentException>(() => new MapView<uint, ulong>(ring)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_cannot_lose_entries_and_a_frozen_one_not_change()
    {
        using IKeyedMap map = MapMaker.Array(8, 2);
        var view = new MapView<uint, ulong>(map);
        view[1] = 5;
        Assert.Equal([new(0, 0), new(1, 5)], view);
        Assert.False(view.TryAdd(0, 1));
        Assert.Throws<InvalidOperationException>(() => view.Remove(0));
        Assert.Throws<InvalidOperationException>(() => view[2] = 1);
        ((IDirectValueMap)map).Freeze();
        Assert.Contains("frozen", Assert.Throws<InvalidOperationException>(() => view[1] = 6).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_can_be_removed_while_they_are_walked()
    {
        using IKeyedMap map = HashMapTests.Filled(500);
        var view = new MapView<uint, ulong>(map);
        int walked = 0;
        foreach ((uint key, ulong value) in view)
        {
            Assert.Equal(key, value);
            Assert.True(view.Remove(key));
            walked++;
        }

        Assert.Equal(500, walked);
        Assert.Empty(view);
    }

    [Fact]
    public void A_walk_beside_writers_ends()
    {
        using IKeyedMap map = HashMapTests.Filled(200);
        var view = new MapView<uint, ulong>(map);
        Crowd.Run(4, thread =>
        {
            for (int round = 0; round < 200; round++)
            {
                if (thread == 0)
                {
                    Assert.InRange(view.Count(), 0, 200);
                    continue;
                }

                for (uint key = 0; key < 200; key++)
                {
                    view.Remove(key);
                    view[key] = key;
                }
            }
        });
    }

    [Fact]
    public async Task A_ring_buffer_has_typed_records()
    {
        using IRingBufferMap ring = MapMaker.Ring(4096);
        var view = new RingBufferView<Counters>(ring);
        var first = new Counters(1, 2);
        var second = new Counters(3, 4);
        RingBufferTests.Output(ring, MemoryMarshal.AsBytes(new ReadOnlySpan<Counters>(in first)));
        RingBufferTests.Output(ring, MemoryMarshal.AsBytes(new ReadOnlySpan<Counters>(in second)));
        await foreach (Counters record in view.ReadAllAsync())
        {
            Assert.Equal(first, record);
            break;
        }

        Assert.Equal(1, view.Consume((in Counters record) => Assert.Equal(second, record)));
        RingBufferTests.Output(ring, new byte[15]);
        string message = Assert.Throws<InvalidDataException>(() => view.Consume((in Counters _) => { })).Message;
        Assert.Contains("has 15 bytes", message, StringComparison.Ordinal);
        Assert.Contains("has 16", message, StringComparison.Ordinal);
        Assert.Equal(0, view.Dropped);
    }

    private readonly record struct Counters(ulong Packets, ulong Bytes);
}
