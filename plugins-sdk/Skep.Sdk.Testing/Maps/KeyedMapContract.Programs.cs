using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>Maps as programs use them.</summary>
public abstract unsafe partial class KeyedMapContract
{
    private const int KeyRoom = 512;

    [Fact]
    public void The_program_side_and_the_user_side_see_one_map()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] found = Value(map, 0);
        byte[] mine = new byte[ValueSize];
        for (uint number = 0; number < Entries; number++)
        {
            byte[] value = Value(map, number + 1UL);
            fixed (byte* key = Key(number), bytes = value)
            {
                if (number % 2 == 0)
                {
                    Assert.Equal(0, map.ProgramUpdate(key, bytes, (ulong)MapUpdateFlags.Any));
                    Assert.Equal(-(long)Errno.EEXIST, map.ProgramUpdate(key, bytes, (ulong)MapUpdateFlags.NoExist));
                    Assert.Equal(Errno.None, map.Lookup(Key(number), found));
                }
                else
                {
                    Assert.Equal(Errno.None, map.Update(Key(number), value));
                }

                nint address = map.ProgramLookup(key);
                Assert.NotEqual(0, address);
                new Span<byte>((void*)address, mine.Length).CopyTo(mine);
                Assert.True(value.AsSpan(0, mine.Length).SequenceEqual(mine) || (map is IPerCpuMap && number % 2 == 0), $"the program side sees another value of key {number}");
            }
        }

        fixed (byte* key = Key(map.Spec.MaxEntries + 1), bytes = Value(map, 1))
        {
            Assert.Equal(0, map.ProgramLookup(key));
            Assert.Equal(HasAllKeys ? -(long)Errno.EINVAL : -(long)Errno.ENOENT, map.ProgramDelete(key));
            Assert.Equal(-(long)Errno.EINVAL, map.ProgramUpdate(key, bytes, 8));
        }

        if (!HasAllKeys)
        {
            fixed (byte* key = Key(0))
            {
                Assert.Equal(0, map.ProgramDelete(key));
                Assert.Equal(0, map.ProgramLookup(key));
            }

            Assert.Equal(Errno.ENOENT, map.Lookup(Key(0), found));
        }
    }

    [Fact]
    public void Values_are_aligned_and_stay_where_they_are_while_other_keys_come_and_go()
    {
        using IKeyedMap map = MakeKeyed(Entries);
        byte[] kept = Key(0);
        Assert.Equal(Errno.None, map.Update(kept, Value(map, 1)));
        fixed (byte* key = kept)
        {
            nint address = Address(map, key);
            Assert.Equal(0, address % sizeof(ulong));
            for (int round = 0; round < 20; round++)
            {
                for (uint number = 1; number < Entries; number++)
                {
                    Assert.Equal(Errno.None, map.Update(Key(number), Value(map, number)));
                    Assert.Equal(address, Address(map, key));
                }

                for (uint number = 1; !HasAllKeys && number < Entries; number++)
                {
                    Assert.Equal(Errno.None, map.Delete(Key(number)));
                    Assert.Equal(address, Address(map, key));
                }
            }

            Assert.Equal(0x01, *(byte*)address);
            *(byte*)address = 0x77;
        }

        byte[] found = Value(map, 0);
        Assert.Equal(Errno.None, map.Lookup(kept, found));
        Assert.Contains((byte)0x77, found);
    }

    [Fact]
    public void Programs_of_every_engine_do_with_a_map_what_its_own_operations_do()
    {
        if ((Create().Descriptor.Operations & (MapOperations.Lookup | MapOperations.Update | MapOperations.Delete)) != (MapOperations.Lookup | MapOperations.Update | MapOperations.Delete))
        {
            return;
        }

        using FakeRuntime runtime = Runtime();
        foreach (string engine in runtime.Engines)
        {
            LoadedMap map = runtime.AddMap(SpecOf(Entries, name: $"m.{engine}"));
            using IKeyedMap twin = MakeKeyed(Entries);
            using LoadedProgram update = runtime.Load(Text(map.Name, "call bpf_map_update_elem"), engine);
            using LoadedProgram delete = runtime.Load(Text(map.Name, "call bpf_map_delete_elem"), engine);
            using LoadedProgram lookup = runtime.Load(Text(map.Name, "call bpf_map_lookup_elem\nif r0 == 0 goto none\nr0 = *(u8 *)(r0 +0)\nr0 += 1\nnone:"), engine);
            Compare(new Random(7), (IKeyedMap)map.Map, twin, update, delete, lookup, engine);
        }
    }

    [Fact]
    public void A_look_up_in_the_place_of_a_call_finds_what_the_call_finds()
    {
        if ((Create().Descriptor.Operations & MapOperations.Lookup) == 0)
        {
            return;
        }

        using FakeRuntime inlined = Runtime();
        using FakeRuntime called = Runtime(optimize: false);
        foreach (FakeRuntime runtime in (FakeRuntime[])[inlined, called])
        {
            LoadedMap map = runtime.AddMap(SpecOf(Entries));
            var keyed = (IKeyedMap)map.Map;
            foreach (string engine in runtime.Engines)
            {
                using LoadedProgram lookup = runtime.Load(Text(map.Name, "call bpf_map_lookup_elem"), engine);
                for (uint number = 0; number < Entries * 2; number++)
                {
                    if (number < Entries && number % 3 != 0)
                    {
                        Assert.Equal(Errno.None, keyed.Update(Key(number), Value(keyed, number)));
                    }

                    fixed (byte* key = Key(number))
                    {
                        Assert.True(IsAddress(keyed, key, (nint)FakeRuntime.Run(lookup, Event(number, 0))), $"{engine}: the look-up of key {number} finds another address than the map's own");
                    }
                }
            }
        }
    }

    /// <summary>Where a value lies; with values for each CPU that of the first, since the thread may move.</summary>
    private static nint Address(IKeyedMap map, byte* key) => map is IPerCpuMap each ? each.ProgramLookup(key, 0) : map.ProgramLookup(key);

    /// <summary>Whether a look-up may give this; with values for each CPU that of any, since the thread may have moved.</summary>
    private static bool IsAddress(IKeyedMap map, byte* key, nint address)
    {
        if (map is not IPerCpuMap each || address == 0)
        {
            return address == map.ProgramLookup(key);
        }

        return Enumerable.Range(0, each.CpuCount).Any(cpu => IsOf(each, key, cpu, address));

        static bool IsOf(IPerCpuMap each, byte* key, int cpu, nint address) => each.ProgramLookup(key, cpu) == address;
    }

    /// <summary>A program that copies key and value from its event to the stack, and flags to R4: the kernel's ways of calling.</summary>
    private string Text(string map, string call)
    {
        var text = new System.Text.StringBuilder("r6 = r1\n");
        int keyAt = -(int)MapMemory.RoundUp8(KeySize);
        int valueAt = keyAt - (int)MapMemory.RoundUp8(ValueSize);
        Assert.True(valueAt >= -KeyRoom, "keys and values are too large for a program's stack: override KeySize and ValueSize");
        for (int at = valueAt; at < 0; at += sizeof(ulong))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"r1 = *(u64 *)(r6 +{at - valueAt + 8})\n*(u64 *)(r10 {at}) = r1\n");
        }

        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"""
            r4 = *(u64 *)(r6 +0)
            r1 = map[{map}]
            r2 = r10
            r2 += {keyAt}
            r3 = r10
            r3 += {valueAt}
            {call}
            exit
            """).ToString();
    }

    /// <summary>Flags, value, key: as <see cref="Text"/> reads them.</summary>
    private byte[] Event(uint number, ulong word, ulong flags = 0)
    {
        int valueRoom = (int)MapMemory.RoundUp8(ValueSize);
        byte[] data = new byte[8 + valueRoom + (int)MapMemory.RoundUp8(KeySize)];
        BitConverter.TryWriteBytes(data, flags);
        for (int i = 0; i < ValueSize; i++)
        {
            data[8 + i] = (byte)(word >> (8 * (i % 8)));
        }

        Key(number).CopyTo(data, 8 + valueRoom);
        return data;
    }

    private void Compare(Random random, IKeyedMap map, IKeyedMap twin, LoadedProgram update, LoadedProgram delete, LoadedProgram lookup, string engine)
    {
        uint range = Evicts ? Entries : Entries * 2;
        for (int step = 0; step < 2_000; step++)
        {
            uint number = (uint)random.Next((int)range);
            ulong word = (ulong)random.NextInt64();
            ulong flags = (ulong)random.Next(4);
            (LoadedProgram program, long expected) = random.Next(3) switch
            {
                0 => (delete, Direct(twin, number, word, flags, 'd')),
                1 => (lookup, Direct(twin, number, word, flags, 'l')),
                _ => (update, Direct(twin, number, word, flags, 'u')),
            };
            ulong found = FakeRuntime.Run(program, Event(number, word, flags));
            bool isSame = program == lookup && map is IPerCpuMap ? (found == 0) == (expected == 0) : found == (ulong)expected;
            Assert.True(isSame, $"{engine}, step {step}: a program gets another answer for key {number} than the map gives");
        }

        Assert.Equal(twin.Count, map.Count);
    }

    private long Direct(IKeyedMap map, uint number, ulong word, ulong flags, char operation)
    {
        fixed (byte* key = Key(number), value = Event(number, word).AsSpan(8))
        {
            return operation switch
            {
                'd' => map.ProgramDelete(key),
                'u' => map.ProgramUpdate(key, value, flags),
                _ => map.ProgramLookup(key) is var address and not 0 ? *(byte*)address + 1L : 0,
            };
        }
    }
}
