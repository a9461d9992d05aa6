using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>What holds for every map whose values lie side by side, beside what <see cref="KeyedMapContract"/> says.</summary>
public abstract unsafe class DirectValueMapContract : KeyedMapContract
{
    protected override bool HasAllKeys => true;

    [Fact]
    public void Values_lie_side_by_side()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        var direct = (IDirectValueMap)map;
        Assert.True(direct.ValueStride >= ValueSize);
        Assert.Equal(0u, direct.ValueStride % sizeof(ulong));
        Assert.True(direct.Values.Length >= (nuint)(direct.ValueStride * map.Spec.MaxEntries));
        for (uint number = 0; number < map.Spec.MaxEntries; number++)
        {
            Assert.Equal(Errno.None, map.Update(Key(number), Value(map, number)));
            fixed (byte* key = Key(number))
            {
                Assert.Equal(direct.Values.Address + (nint)(number * direct.ValueStride), map.ProgramLookup(key));
            }
        }
    }

    [Fact]
    public void A_frozen_map_is_written_by_no_user_code()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        Assert.Equal(Errno.None, map.Update(Key(0), Value(map, 5)));
        ((IDirectValueMap)map).Freeze();
        Assert.Equal(Errno.EPERM, map.Update(Key(0), Value(map, 6)));
        byte[] found = Value(map, 0);
        Assert.Equal(Errno.None, map.Lookup(Key(0), found));
        Assert.Equal(Value(map, 5), found);
    }

    [Fact]
    public void Access_flags_of_programs_are_those_of_the_values()
    {
        uint allowed = Create().Descriptor.AllowedFlags;
        if ((allowed & MapFlags.ReadOnlyProgram) != 0)
        {
            using IMap map = Make(1, MapFlags.ReadOnlyProgram);
            Assert.Equal(MemoryAccess.Read, ((IDirectValueMap)map).Values.Access);
        }

        using IMap plain = Make(1);
        Assert.Equal(MemoryAccess.ReadWrite, ((IDirectValueMap)plain).Values.Access);
    }

    [Fact]
    public void Programs_of_every_engine_hold_addresses_of_values()
    {
        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(1));
        var keyed = (IKeyedMap)map.Map;
        byte[] found = Value(keyed, 0);
        byte expected = 0;
        foreach (string engine in runtime.Engines)
        {
            Assert.Equal(expected++, runtime.Run("r1 = map[m][0]+0\nr0 = *(u8 *)(r1 +0)\nr2 = r0\nr2 += 1\n*(u8 *)(r1 +0) = r2\nexit", engine));
            Assert.Equal(Errno.None, keyed.Lookup(Key(0), found));
            Assert.Equal(expected, found[0]);
        }
    }
}
