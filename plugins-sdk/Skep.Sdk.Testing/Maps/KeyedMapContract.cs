using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Testing;

/// <summary>What holds for every map with keys, on both sides; its parts are the operations, programs on every engine, and many threads.</summary>
public abstract unsafe partial class KeyedMapContract : MapTypeContract
{
    /// <summary>All keys are there from the start and stay, as an array's; the key is an index of 4 bytes.</summary>
    protected virtual bool HasAllKeys => false;

    /// <summary>A full map makes room instead of giving E2BIG.</summary>
    protected virtual bool Evicts => false;

    /// <summary>What a new key gets when the map is full.</summary>
    protected virtual Errno FullError => Errno.E2BIG;

    /// <summary>How many keys tests put in; less where the type wants fewer.</summary>
    protected virtual uint Entries => 64;

    /// <summary>Keys of different numbers are different, and none matches another. By default the number, little-endian, and zeros.</summary>
    protected virtual void WriteKey(uint number, Span<byte> key)
    {
        key.Clear();
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, number);
        bytes[..Math.Min(bytes.Length, key.Length)].CopyTo(key);
    }

    /// <summary>The key of a number.</summary>
    protected byte[] Key(uint number)
    {
        byte[] key = new byte[KeySize];
        WriteKey(number, key);
        return key;
    }

    /// <summary>A value as user code has it, made of <paramref name="word"/> again and again.</summary>
    protected byte[] Value(IKeyedMap map, ulong word)
    {
        byte[] value = new byte[UserValueSize(map)];
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        MemoryMarshal.Write(bytes, word);
        uint stride = map is IPerCpuMap ? (uint)MapMemory.RoundUp8(ValueSize) : ValueSize;
        for (int start = 0; start < value.Length; start += (int)stride)
        {
            for (int i = 0; i < ValueSize; i++)
            {
                value[start + i] = bytes[i % sizeof(ulong)];
            }
        }

        return value;
    }

    /// <summary>How long values are for user code, in bytes: with values for each CPU, all of them.</summary>
    protected uint UserValueSize(IKeyedMap map) => map is IPerCpuMap each ? (uint)(each.CpuCount * (int)MapMemory.RoundUp8(ValueSize)) : ValueSize;

    protected IKeyedMap MakeKeyed(uint entries, uint flags = 0) => (IKeyedMap)Make(entries, flags);

    protected override void Fill(IMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var keyed = (IKeyedMap)map;
        byte[] value = Value(keyed, 0x0101_0101_0101_0101);
        byte[] key = new byte[KeySize];
        for (uint number = 0; number < map.Spec.MaxEntries; number++)
        {
            WriteKey(number, key);
            Assert.Equal(Errno.None, keyed.Update(key, value));
        }
    }

    protected override void Touch(IMap map) => Assert.True(((IKeyedMap)map).Lookup(Key(0), Value((IKeyedMap)map, 0)) is Errno.None or Errno.ENOENT);

    /// <summary>The keys that a walk gives, in its order; fails where it does not end.</summary>
    protected List<byte[]> Walk(IKeyedMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var keys = new List<byte[]>();
        byte[] next = new byte[KeySize];
        for (byte[] key = []; map.NextKey(key, next) == Errno.None; key = [.. next])
        {
            keys.Add([.. next]);
            Assert.True(keys.Count <= map.Spec.MaxEntries, $"the walk gave more keys than the {map.Spec.MaxEntries} that the map can have");
        }

        return keys;
    }

    [Fact]
    public void A_new_map_is_empty_or_all_zero()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] value = Value(map, ulong.MaxValue);
        Assert.Equal(HasAllKeys ? map.Spec.MaxEntries : 0, map.Count);
        Assert.Equal(HasAllKeys ? Errno.None : Errno.ENOENT, map.Lookup(Key(3), value));
        if (HasAllKeys)
        {
            Assert.Equal(-1, value.AsSpan().IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void What_was_updated_is_looked_up_and_what_was_deleted_is_not()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] found = Value(map, 0);
        for (uint number = 0; number < Entries; number++)
        {
            Assert.Equal(Errno.None, map.Update(Key(number), Value(map, number * 3UL)));
        }

        for (uint number = 0; number < Entries; number++)
        {
            Assert.Equal(Errno.None, map.Lookup(Key(number), found));
            Assert.Equal(Value(map, number * 3UL), found);
        }

        Assert.Equal(Entries, (uint)map.Count);
        if (HasAllKeys)
        {
            Assert.Equal(Errno.EINVAL, map.Delete(Key(1)));
            Assert.Equal(Errno.None, map.Lookup(Key(1), found));
            return;
        }

        for (uint number = 0; number < Entries; number += 2)
        {
            Assert.Equal(Errno.None, map.Delete(Key(number)));
            Assert.Equal(Errno.ENOENT, map.Delete(Key(number)));
            Assert.Equal(Errno.ENOENT, map.Lookup(Key(number), found));
            Assert.Equal(Errno.None, map.Lookup(Key(number + 1), found));
        }

        Assert.Equal(Entries / 2, (uint)map.Count);
    }

    [Fact]
    public void Flags_of_an_update_are_kept()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] found = Value(map, 0);
        if (!HasAllKeys)
        {
            Assert.Equal(Errno.ENOENT, map.Update(Key(1), Value(map, 1), MapUpdateFlags.Exist));
            Assert.Equal(Errno.ENOENT, map.Lookup(Key(1), found));
            Assert.Equal(Errno.None, map.Update(Key(1), Value(map, 1), MapUpdateFlags.NoExist));
        }

        Assert.Equal(Errno.None, map.Update(Key(1), Value(map, 2), MapUpdateFlags.Any));
        Assert.Equal(Errno.EEXIST, map.Update(Key(1), Value(map, 3), MapUpdateFlags.NoExist));
        Assert.Equal(Errno.None, map.Lookup(Key(1), found));
        Assert.Equal(Value(map, 2), found);
        Assert.Equal(Errno.None, map.Update(Key(1), Value(map, 4), MapUpdateFlags.Exist));
        Assert.Equal(Errno.None, map.Lookup(Key(1), found));
        Assert.Equal(Value(map, 4), found);
        Assert.Equal(Errno.EINVAL, map.Update(Key(1), Value(map, 5), (MapUpdateFlags)8));
        Assert.Equal(Errno.EINVAL, map.Update(Key(1), Value(map, 5), MapUpdateFlags.NoExist | MapUpdateFlags.Exist));
        Assert.Equal(Errno.EINVAL, map.Update(Key(1), Value(map, 5), MapUpdateFlags.Lock));
        Assert.Equal(Errno.None, map.Lookup(Key(1), found));
        Assert.Equal(Value(map, 4), found);
    }

    [Fact]
    public void Spans_of_another_size_are_EINVAL()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] value = Value(map, 1);
        foreach (byte[] key in (byte[][])[[], new byte[KeySize - 1], new byte[KeySize + 1]])
        {
            Assert.Equal(Errno.EINVAL, map.Lookup(key, value));
            Assert.Equal(Errno.EINVAL, map.Update(key, value));
            Assert.Equal(Errno.EINVAL, map.Delete(key));
        }

        foreach (byte[] wrong in (byte[][])[[], new byte[value.Length - 1], new byte[value.Length + 1]])
        {
            Assert.Equal(Errno.EINVAL, map.Lookup(Key(1), wrong));
            Assert.Equal(Errno.EINVAL, map.Update(Key(1), wrong));
        }

        Assert.Equal(Errno.EINVAL, map.NextKey([], new byte[KeySize + 1]));
        Assert.Equal(HasAllKeys ? map.Spec.MaxEntries : 0, map.Count);
    }

    [Fact]
    public void A_full_map_takes_what_it_has_and_nothing_else()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        Fill(map);
        byte[] other = Key(map.Spec.MaxEntries);
        if (Evicts)
        {
            Assert.Equal(Errno.None, map.Update(other, Value(map, 7)));
            Assert.Equal(Errno.None, map.Lookup(other, Value(map, 0)));
            Assert.True(map.Count <= map.Spec.MaxEntries);
            return;
        }

        Assert.Equal(FullError, map.Update(other, Value(map, 7)));
        Assert.Equal(FullError, map.Update(other, Value(map, 7), MapUpdateFlags.NoExist));
        Assert.Equal(HasAllKeys ? FullError : Errno.ENOENT, map.Update(other, Value(map, 7), MapUpdateFlags.Exist));
        Assert.Equal(Errno.ENOENT, map.Lookup(other, Value(map, 0)));
        for (uint number = 0; number < map.Spec.MaxEntries; number++)
        {
            Assert.Equal(Errno.None, map.Update(Key(number), Value(map, 9), MapUpdateFlags.Exist));
        }

        Assert.Equal(map.Spec.MaxEntries, map.Count);
        if (!HasAllKeys)
        {
            Assert.Equal(Errno.None, map.Delete(Key(3)));
            Assert.Equal(Errno.None, map.Update(other, Value(map, 7), MapUpdateFlags.NoExist));
            Assert.Equal(map.Spec.MaxEntries, map.Count);
        }
    }

    [Fact]
    public void A_walk_gives_every_key_once()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] next = new byte[KeySize];
        if (!HasAllKeys)
        {
            Assert.Equal(Errno.ENOENT, map.NextKey([], next));
        }

        Fill(map);
        List<byte[]> keys = Walk(map);
        Assert.Equal(
            Enumerable.Range(0, (int)map.Spec.MaxEntries).Select(number => Convert.ToHexString(Key((uint)number))).Order(),
            keys.Select(Convert.ToHexString).Order());
        Assert.Equal(Errno.ENOENT, map.NextKey(keys[^1], next));
        Assert.Equal(Errno.None, map.NextKey(Key(map.Spec.MaxEntries + 5), next));
        Assert.Equal(keys[0], next);
    }

    [Fact]
    public void Deleting_what_the_walk_gives_empties_the_map()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        if (HasAllKeys)
        {
            return;
        }

        Fill(map);
        byte[] key = new byte[KeySize];
        int deleted = 0;
        while (map.NextKey([], key) == Errno.None)
        {
            Assert.True(deleted++ <= map.Spec.MaxEntries, "the walk gives keys that were deleted");
            Assert.Equal(Errno.None, map.Delete(key));
        }

        Assert.Equal(map.Spec.MaxEntries, (uint)deleted);
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Access_flags_hold_for_user_code()
    {
        uint allowed = Create().Descriptor.AllowedFlags;
        if ((allowed & MapFlags.ReadOnly) != 0)
        {
            using IKeyedMap map = MakeKeyed(Entries, MapFlags.ReadOnly);
            Assert.Equal(Errno.EPERM, map.Update(Key(1), Value(map, 1)));
            Assert.Equal(Errno.EPERM, map.Delete(Key(1)));
            Assert.Equal(HasAllKeys ? Errno.None : Errno.ENOENT, map.Lookup(Key(1), Value(map, 1)));
        }

        if ((allowed & MapFlags.WriteOnly) != 0)
        {
            using IKeyedMap map = MakeKeyed(Entries, MapFlags.WriteOnly);
            Assert.Equal(Errno.None, map.Update(Key(1), Value(map, 1)));
            Assert.Equal(Errno.EPERM, map.Lookup(Key(1), Value(map, 1)));
            Assert.Equal(Errno.EPERM, map.NextKey([], new byte[KeySize]));
        }
    }

    [Fact]
    public void After_disposal_user_code_gets_an_exception()
    {
        IKeyedMap map = MakeKeyed(Entries);
        map.Dispose();
        Assert.Throws<ObjectDisposedException>(() => map.Lookup(Key(1), Value(map, 1)));
        Assert.Throws<ObjectDisposedException>(() => map.Update(Key(1), Value(map, 1)));
        Assert.Throws<ObjectDisposedException>(() => map.Delete(Key(1)));
        Assert.Throws<ObjectDisposedException>(() => map.NextKey([], new byte[KeySize]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_operations_do_what_a_dictionary_does(int seed)
    {
        var random = new Random(seed);
        using IKeyedMap map = MakeKeyed(Entries);
        var model = new Dictionary<uint, ulong>();
        uint range = Evicts || HasAllKeys ? map.Spec.MaxEntries : map.Spec.MaxEntries * 2;
        for (uint number = 0; HasAllKeys && number < range; number++)
        {
            model[number] = 0;
        }

        byte[] found = Value(map, 0);
        for (int step = 0; step < 20_000; step++)
        {
            uint number = (uint)random.Next((int)range);
            bool isThere = model.ContainsKey(number);
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal(HasAllKeys ? Errno.EINVAL : isThere ? Errno.None : Errno.ENOENT, map.Delete(Key(number)));
                    _ = HasAllKeys || model.Remove(number);
                    break;
                case 1:
                    Assert.Equal(isThere ? Errno.None : Errno.ENOENT, map.Lookup(Key(number), found));
                    Assert.True(!isThere || Value(map, model[number]).AsSpan().SequenceEqual(found), $"step {step}: key {number} has another value than was put in");
                    break;
                default:
                    var flags = (MapUpdateFlags)random.Next(3);
                    Errno expected = Expect(model, number, flags, map.Spec.MaxEntries);
                    Assert.Equal(expected, map.Update(Key(number), Value(map, (ulong)step), flags));
                    if (expected == Errno.None)
                    {
                        model[number] = (ulong)step;
                    }

                    break;
            }
        }

        Assert.Equal(model.Count, map.Count);
        Assert.Equal(model.Keys.Select(key => Convert.ToHexString(Key(key))).Order(), Walk(map).Select(Convert.ToHexString).Order());
    }

    private Errno Expect(Dictionary<uint, ulong> model, uint number, MapUpdateFlags flags, uint most) => (model.ContainsKey(number), flags) switch
    {
        (true, MapUpdateFlags.NoExist) => Errno.EEXIST,
        (false, MapUpdateFlags.Exist) => Errno.ENOENT,
        (false, _) when model.Count == most => FullError,
        _ => Errno.None,
    };
}
