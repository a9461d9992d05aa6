using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;

namespace Skep.TestPrograms.Worlds;

/// <summary>
/// What a run touches: context, packet, map values, records. All of it is known, so that each address of a run can be told. One for each thread that runs;
/// helpers find theirs by <see cref="Current"/>.
/// </summary>
internal sealed unsafe class World : IDisposable
{
    public const int PacketRoom = 512;
    public const int MostMeta = 32;

    private const int ContextRoom = 9 * 1024;
    private const int RecordRoom = 8 * 1024;
    private const int ElementRoom = 64;
    private const ulong FirstObject = 0x5e1f_0000_0000;

    [ThreadStatic]
    private static World? _current;

    private readonly byte* _room;
    private readonly int _roomBytes;
    private readonly byte* _packets;
    private readonly byte* _records;
    private readonly Dictionary<ulong, WorldMap> _byHandle = [];
    private readonly List<MemoryRegion> _live = [];
    private WorldMap[] _active = [];
    private ContextLayout _layout = ContextLayout.Opaque;
    private int _recordBytes;

    /// <summary>With the maps of the corpus.</summary>
    public World()
        : this(CorpusMaps.All)
    {
    }

    public World(ImmutableArray<MapSpec> maps)
    {
        Maps = TestMaps.Load(maps);
        int mapRoom = Maps.Values.Sum(map => WorldMap.RoomOf(map.Map.Spec) + 8);
        _roomBytes = ContextRoom + PacketRoom + RecordRoom + ElementRoom + mapRoom;
        _room = (byte*)NativeMemory.AlignedAlloc((nuint)_roomBytes, 64);
        Context = _room;
        _packets = Context + ContextRoom;
        _records = _packets + PacketRoom;
        Element = _records + RecordRoom;
        byte* at = Element + ElementRoom;
        foreach (LoadedMap map in Maps.Values)
        {
            _byHandle.Add(map.Handle, new WorldMap(map, at));
            at += WorldMap.RoomOf(map.Map.Spec) + 7 & ~7;
        }
    }

    public static World? Current => _current;

    /// <summary>By name, this world's own.</summary>
    public ImmutableDictionary<string, LoadedMap> Maps { get; }

    public byte* Context { get; }

    /// <summary>Where the element of an iterator lies.</summary>
    public byte* Element { get; }

    public byte* Data { get; private set; }

    public byte* DataEnd { get; private set; }

    public byte* DataMeta { get; private set; }

    public SeededRandom Random;

    /// <summary>Something was cut short that a real runtime does not.</summary>
    public bool IsCapped { get; set; }

    /// <summary>The maps that the program at hand may meet.</summary>
    public ReadOnlySpan<WorldMap> Active => _active;

    public IReadOnlyList<MemoryRegion> Records => _live;

    public ReadOnlySpan<byte> Packet => new(Data, (int)(DataEnd - Data));

    public MemoryRegion PacketRegion => new((nint)DataMeta, (nuint)(DataEnd - DataMeta), MemoryAccess.ReadWrite);

    /// <summary>Of the context as the host has it, in bytes.</summary>
    public int ContextSize => Math.Max(_layout.HostSize, _layout.Size);

    public WorldMap? Find(ulong handle) => _byHandle.GetValueOrDefault(handle);

    /// <summary>Another program runs from now on.</summary>
    public void Take(LoweredProgram program)
    {
        _layout = program.Verified.Linked.ProgramType.Descriptor.Context;
        var names = program.Maps.Select(map => map.Name).ToHashSet();
        names.UnionWith(program.Maps.Where(map => map.Map.Spec.Inner is not null).Select(map => map.Map.Spec.Inner!.Name));
        _active = [.. _byHandle.Values.Where(map => names.Contains(map.Map.Name))];
    }

    /// <summary>Fills everything anew; the seed decides with what.</summary>
    public void Reset(ulong seed)
    {
        _current = this;
        new Span<byte>(_room, _roomBytes).Clear();
        Random = new SeededRandom(seed);
        IsCapped = false;
        _live.Clear();
        _recordBytes = 0;
        Random.Fill(new Span<byte>(Context, Math.Min(ContextSize, 256)));
        if (_layout.Fields.Any(field => field.Kind is ContextFieldKind.PacketStart or ContextFieldKind.PacketEnd))
        {
            Random.Fill(new Span<byte>(_packets, PacketRoom));
        }

        MovePacket();
        foreach (WorldMap map in _active)
        {
            map.Reset(ref Random);
        }
    }

    /// <summary>The packet begins and ends elsewhere.</summary>
    public void MovePacket()
    {
        Data = _packets + MostMeta + Random.Below(64);
        DataMeta = Random.OneIn(2) ? Data : Data - Random.Below(MostMeta);
        DataEnd = Data + (Random.OneIn(4) ? Random.Below(16) : Random.Below(PacketRoom - MostMeta - 64));
        WritePointers();
    }

    /// <summary>A packet of known bytes, as the kernel gets it too.</summary>
    public void SetPacket(ReadOnlySpan<byte> packet)
    {
        Data = _packets + MostMeta;
        DataMeta = Data;
        DataEnd = Data + packet.Length;
        packet.CopyTo(new Span<byte>(Data, packet.Length));
        WritePointers();
    }

    /// <summary>A record of the ring buffer, or null.</summary>
    public byte* Reserve(ulong size)
    {
        if (size > RecordRoom || _recordBytes + (int)size > RecordRoom || Random.OneIn(4))
        {
            return null;
        }

        byte* record = _records + _recordBytes;
        _recordBytes += (int)size + 7 & ~7;
        Random.Fill(new Span<byte>(record, (int)size));
        _live.Add(new MemoryRegion((nint)record, (nuint)size, MemoryAccess.ReadWrite));
        return record;
    }

    public void GiveBack(ulong record) => _live.RemoveAll(region => (ulong)region.Address == record);

    public ulong Object() => Random.OneIn(3) ? 0 : FirstObject + (ulong)(Random.Below(16) * 64);

    /// <summary>Everything that a run may have written.</summary>
    public byte[] Snapshot()
    {
        var all = new List<byte>();
        all.AddRange(new Span<byte>(Context, Math.Min(ContextSize, 256)));
        all.AddRange(new Span<byte>(Data, (int)(DataEnd - Data)));
        foreach (WorldMap map in _active)
        {
            all.AddRange(map.Memory);
        }

        return [.. all];
    }

    /// <summary>All memory but the stack, what is in maps and what is held, and how often something was left to chance: equal when two runs did the same.</summary>
    public void CopyStateTo(IBufferWriter<byte> writer)
    {
        writer.Write(new ReadOnlySpan<byte>(_room, _roomBytes));
        foreach (WorldMap map in _active)
        {
            map.CopyStateTo(writer);
        }

        SeededRandom random = Random;
        writer.Write(BitConverter.GetBytes(random.Next()));
        writer.Write([(byte)_live.Count, (byte)(DataEnd - Data), (byte)(Data - DataMeta)]);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_room);
        foreach (LoadedMap map in Maps.Values)
        {
            map.Dispose();
        }
    }

    private void WritePointers()
    {
        foreach (ContextField field in _layout.Fields)
        {
            ulong? value = field.Kind switch
            {
                ContextFieldKind.PacketStart => (ulong)Data,
                ContextFieldKind.PacketEnd => (ulong)DataEnd,
                ContextFieldKind.PacketMeta => (ulong)DataMeta,
                ContextFieldKind.Object => FirstObject + (ulong)(Random.Below(16) * 64),
                ContextFieldKind.ObjectOrNull => Object(),
                _ => null,
            };
            if (value is { } pointer)
            {
                *(ulong*)(Context + (field.HostOffset ?? field.Offset)) = pointer;
            }
        }
    }
}
