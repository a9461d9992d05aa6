using Skep.Contracts;
using Skep.Runtime;

namespace Skep.TestPrograms.Worlds;

/// <summary>
/// What the registry's helpers do in a <see cref="World"/>: anything that their prototype allows, decided by its seed. Where there is no world they return 0.
/// </summary>
internal static unsafe class WorldHelpers
{
    /// <summary>More rounds of loops and iterators than this are cut short.</summary>
    private const ulong MostRounds = 6;

    internal static ulong Call(HelperDescriptor helper, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        if (World.Current is not { } world)
        {
            return 0;
        }

        if (helper.InvalidatesPackets)
        {
            world.MovePacket();
            invocation->Packet = world.PacketRegion;
        }

        return helper.Name switch
        {
            "bpf_map_lookup_elem" or "bpf_map_lookup_percpu_elem" => Lookup(world, r1, r2),
            "bpf_map_update_elem" => (ulong)world.Find(r1)!.Update((byte*)r2, (byte*)r3, r4),
            "bpf_map_delete_elem" => (ulong)world.Find(r1)!.Delete((byte*)r2),
            "bpf_for_each_map_elem" => ForEach(world, invocation, r1, r2, r3),
            "bpf_loop" => Loop(world, invocation, r1, r2, r3),
            "bpf_ringbuf_reserve" => (ulong)world.Reserve(r2),
            "bpf_ringbuf_submit" or "bpf_ringbuf_discard" => GiveBack(world, r1),
            "bpf_iter_num_new" => NewIterator((int*)r1, (int)r2, (int)r3),
            "bpf_iter_num_next" => NextElement(world, (int*)r1),
            "bpf_iter_num_destroy" => 0,
            "bpf_get_prandom_u32" => (uint)world.Random.Number(),
            _ => ByPrototype(world, helper, [r1, r2, r3, r4, r5]),
        };
    }

    private static ulong Lookup(World world, ulong handle, ulong key)
    {
        WorldMap map = world.Find(handle)!;
        if (map.Map.Map.Spec.Inner is { } inner)
        {
            return world.Random.OneIn(2) || !world.Maps.TryGetValue(inner.Name, out LoadedMap? found) ? 0 : found.Handle;
        }

        return (ulong)map.Find((byte*)key);
    }

    private static ulong ForEach(World world, Invocation* invocation, ulong handle, ulong function, ulong context)
    {
        WorldMap map = world.Find(handle)!;
        ulong calls = 0;
        for (int i = 0; i < map.KeyCount; i++)
        {
            if (!map.IsUsed(i))
            {
                continue;
            }

            calls++;
            ulong result = Invocation.Call(invocation, function, handle, (ulong)(map.Keys + (i * map.KeySize)), (ulong)(map.Values + (i * map.Stride)), context);
            if (result != 0 || invocation->HasTrapped)
            {
                break;
            }
        }

        return calls;
    }

    private static ulong Loop(World world, Invocation* invocation, ulong times, ulong function, ulong context)
    {
        ulong rounds = Math.Min((uint)times, MostRounds);
        world.IsCapped |= rounds != times;
        for (ulong round = 0; round < rounds; round++)
        {
            ulong result = Invocation.Call(invocation, function, round, context);
            if (result != 0 || invocation->HasTrapped)
            {
                return round + 1;
            }
        }

        return rounds;
    }

    private static ulong GiveBack(World world, ulong record)
    {
        world.GiveBack(record);
        return 0;
    }

    private static ulong NewIterator(int* iterator, int start, int end)
    {
        bool isRight = start <= end;
        iterator[0] = isRight ? start : 0;
        iterator[1] = isRight ? end : 0;
        return isRight ? 0 : Errno.EINVAL.ToProgram();
    }

    private static ulong NextElement(World world, int* iterator)
    {
        if (iterator[0] >= iterator[1])
        {
            return 0;
        }

        *(int*)world.Element = iterator[0]++;
        if (iterator[1] - (long)iterator[0] > (long)MostRounds)
        {
            iterator[1] = iterator[0] + (int)MostRounds;
            world.IsCapped = true;
        }

        return (ulong)world.Element;
    }

    private static ulong ByPrototype(World world, HelperDescriptor helper, ReadOnlySpan<ulong> arguments)
    {
        ulong map = 0;
        ulong size = 0;
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            HelperArgument argument = helper.Arguments[i];
            switch (argument.Kind)
            {
                case HelperArgumentKind.ConstMap:
                    map = arguments[i];
                    break;
                case HelperArgumentKind.MapValue when (argument.Flags & HelperArgumentFlags.Uninitialized) != 0 && world.Find(map) is { Map.Type.Descriptor.Number.Value: not (uint)KernelOracle.KernelMapType.BloomFilter } found:
                    world.Random.Fill(new Span<byte>((byte*)arguments[i], found.ValueSize));
                    break;
                case HelperArgumentKind.WritableMemory when arguments[i] != 0:
                    size = argument.FixedSize > 0 ? (ulong)argument.FixedSize : arguments[i + 1];
                    world.Random.Fill(new Span<byte>((byte*)arguments[i], (int)size));
                    break;
            }
        }

        HelperResult result = helper.Result;
        return result.Kind switch
        {
            HelperResultKind.ObjectOrNull => world.Object(),
            HelperResultKind.Integer when result.IsBoundedBySize => world.Random.OneIn(3) ? (ulong)-world.Random.Between(1, 4095) : world.Random.Next() % (size + 1),
            HelperResultKind.Integer when result.Range != ReturnRange.Any => (ulong)(result.Range.Minimum + (long)(world.Random.Next() % (ulong)(result.Range.Maximum - result.Range.Minimum + 1))),
            HelperResultKind.Integer => world.Random.Number(),
            _ => 0,
        };
    }
}
