using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>What holds for every map with a value for each CPU, beside what <see cref="KeyedMapContract"/> says.</summary>
public abstract unsafe class PerCpuMapContract : KeyedMapContract
{
    /// <summary>The processors' values of an entry that is there are written where they lie, word by word (kernel/bpf/hashtab.c, <c>pcpu_copy_value</c>).</summary>
    protected override bool IsWhole(ulong word, ulong first) => true;

    [Fact]
    public void There_are_as_many_values_as_processors()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        Assert.True(((IPerCpuMap)map).CpuCount >= Environment.ProcessorCount);
    }

    [Fact]
    public void Each_processor_has_its_own_value_and_others_have_none()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        var each = (IPerCpuMap)map;
        int stride = (int)MapMemory.RoundUp8(ValueSize);
        byte[] all = Value(map, 0);
        for (int cpu = 0; cpu < each.CpuCount; cpu++)
        {
            all.AsSpan(cpu * stride, (int)ValueSize).Fill((byte)(cpu + 1));
        }

        Assert.Equal(Errno.None, map.Update(Key(2), all));
        fixed (byte* key = Key(2))
        {
            HashSet<nint> addresses = [];
            for (int cpu = 0; cpu < each.CpuCount; cpu++)
            {
                nint address = each.ProgramLookup(key, cpu);
                Assert.True(addresses.Add(address), "two processors share a value");
                Assert.Equal(0, address % sizeof(ulong));
                Assert.Equal(cpu + 1, *(byte*)address);
                *(byte*)address += 100;
            }

            Assert.Contains(each.ProgramLookup(key), addresses);
            Assert.Equal(0, each.ProgramLookup(key, each.CpuCount));
            Assert.Equal(0, each.ProgramLookup(key, -1));
            Assert.Equal(0, each.ProgramLookup(key, int.MaxValue));
        }

        byte[] found = Value(map, 0);
        Assert.Equal(Errno.None, map.Lookup(Key(2), found));
        Assert.Equal(Enumerable.Range(0, each.CpuCount).Select(cpu => (byte)(cpu + 101)), Enumerable.Range(0, each.CpuCount).Select(cpu => found[cpu * stride]));
        fixed (byte* key = Key(map.Spec.MaxEntries + 1))
        {
            Assert.Equal(0, each.ProgramLookup(key, 0));
        }
    }

    [Fact]
    public void A_program_that_makes_an_entry_sets_its_own_processors_value()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] value = new byte[ValueSize];
        value.AsSpan().Fill(9);
        fixed (byte* key = Key(1), bytes = value)
        {
            Assert.Equal(0, map.ProgramUpdate(key, bytes, 0));
        }

        byte[] found = Value(map, ulong.MaxValue);
        Assert.Equal(Errno.None, map.Lookup(Key(1), found));
        Assert.Equal(1, Enumerable.Range(0, ((IPerCpuMap)map).CpuCount).Count(cpu => found[cpu * (int)MapMemory.RoundUp8(ValueSize)] == 9));
        Assert.Equal((int)ValueSize, found.Count(part => part == 9));
        Assert.Equal(found.Length - (int)ValueSize, found.Count(part => part == 0));
    }

    [Fact]
    public void Programs_of_every_engine_reach_the_value_of_a_processor()
    {
        if ((Create().Descriptor.Operations & MapOperations.PerCpuLookup) == 0)
        {
            return;
        }

        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(Entries));
        var each = (IPerCpuMap)map.Map;
        byte[] key = Key(0);
        Assert.Equal(Errno.None, each.Update(key, Value(each, 0x0505_0505_0505_0505)));
        string store = string.Concat(key.Select((part, i) => $"*(u8 *)(r10 {i - key.Length}) = {part}\n"));
        foreach (string engine in runtime.Engines)
        {
            for (int cpu = 0; cpu <= each.CpuCount; cpu++)
            {
                ulong found = runtime.Run($"{store}r1 = map[m]\nr2 = r10\nr2 += -{key.Length}\nr3 = {cpu}\ncall bpf_map_lookup_percpu_elem\nif r0 == 0 goto out\nr0 = *(u8 *)(r0 +0)\nout:\nexit", engine);
                Assert.Equal(cpu < each.CpuCount ? 5UL : 0, found);
            }
        }
    }
}
