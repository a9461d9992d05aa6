using Skep.Runtime;

namespace Skep.Helpers.Tests;

/// <summary>Each helper asks the right map for the right thing, and hands its answer to the program.</summary>
public sealed class MapTests : IDisposable
{
    private readonly List<MapCell> _cells = [];

    public void Dispose() => _cells.ForEach(cell => cell.Dispose());

    [Fact]
    public void Keyed_maps()
    {
        var map = new KeyedDouble();
        ulong handle = Handle(map);
        var set = new MapHelpers();
        Assert.Equal(11ul, set.Call("bpf_map_lookup_elem", default, handle, 1));
        Assert.Equal(unchecked((ulong)-17L), set.Call("bpf_map_update_elem", default, handle, 2, 3, 1));
        Assert.Equal(unchecked((ulong)-2L), set.Call("bpf_map_delete_elem", default, handle, 4));
        Assert.Equal(12ul, set.Call("bpf_map_lookup_percpu_elem", default, handle, 5, 1));
        Assert.Equal(["lookup 1", "update 2 3 1", "delete 4", "lookup 5 cpu 1"], map.Calls);
    }

    [Fact]
    public void Queues()
    {
        var map = new QueueDouble();
        ulong handle = Handle(map);
        var set = new QueueHelpers();
        Assert.Equal(unchecked((ulong)-7L), set.Call("bpf_map_push_elem", default, handle, 1, 2));
        Assert.Equal(unchecked((ulong)-2L), set.Call("bpf_map_pop_elem", default, handle, 3));
        Assert.Equal(0ul, set.Call("bpf_map_peek_elem", default, handle, 4));
        Assert.Equal(["push 1 2", "pop 3", "peek 4"], map.Calls);
    }

    [Fact]
    public void Ring_buffers()
    {
        var map = new RingDouble();
        ulong handle = Handle(map);
        var set = new RingBufferHelpers();
        Assert.Equal(unchecked((ulong)-11L), set.Call("bpf_ringbuf_output", default, handle, 1, 2, 3));
        Assert.Equal(4096ul, set.Call("bpf_ringbuf_query", default, handle, 1));
        Assert.Equal(0ul, set.Call("bpf_ringbuf_reserve", default, handle, 8, 0));
        Assert.Equal(["output 1 2 3", "query RingSize"], map.Calls);
    }

    [Fact]
    public void A_record_goes_back_to_the_map_that_it_came_from()
    {
        var one = new RingDouble { First = 0x1000 };
        var other = new RingDouble { First = 0x9000 };
        var set = new RingBufferHelpers();
        ulong[] records = [.. new[] { one, other, one, other }.Select(map => set.Call("bpf_ringbuf_reserve", default, Handle(map), 8, 0))];
        set.Call("bpf_ringbuf_submit", default, records[0], 1);
        set.Call("bpf_ringbuf_discard", default, records[1], 2);
        set.Call("bpf_ringbuf_submit", default, records[3], 0);
        set.Call("bpf_ringbuf_submit", default, records[2], 0);
        Assert.Equal([$"submit {0x1010} 1", $"submit {0x1020} 0"], one.Calls);
        Assert.Equal([$"discard {0x9010} 2", $"submit {0x9020} 0"], other.Calls);
        Assert.Throws<ArgumentException>(() => set.Call("bpf_ringbuf_submit", default, records[0], 0));
    }

    [Fact]
    public void Many_threads_hold_records_at_once()
    {
        RingDouble[] maps = [new() { First = 0x10_0000 }, new() { First = 0x90_0000 }];
        ulong[] handles = [.. maps.Select(Handle)];
        var set = new RingBufferHelpers();
        Parallel.For(0, 2000, i =>
        {
            ulong first = set.Call("bpf_ringbuf_reserve", default, handles[i % 2], 8, 0);
            ulong second = set.Call("bpf_ringbuf_reserve", default, handles[(i + 1) % 2], 8, 0);
            set.Call("bpf_ringbuf_submit", default, first, 0);
            set.Call("bpf_ringbuf_submit", default, second, 0);
        });
        Assert.All(maps, map => Assert.Equal(2000, map.Calls.Distinct().Count()));
        Assert.All(maps[0].Calls, call => Assert.InRange(long.Parse(call.Split(' ')[1], null), 0x10_0000, 0x8f_ffff));
    }

    private ulong Handle(MapDouble map)
    {
        var cell = new MapCell(map);
        _cells.Add(cell);
        return cell.Handle;
    }
}
