using System.Buffers;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Errno = Skep.Contracts.Errno;

namespace Skep.TestPrograms.Worlds;

/// <summary>A map as runs meet it: a few values in native memory, found by key. Not thread-safe.</summary>
internal sealed unsafe class WorldMap
{
    private const ulong NoExist = 1;
    private const ulong Exist = 2;
    private const int MostEntries = 8;
    private const int MostRandomBytes = 4096;

    private readonly byte* _keys;
    private readonly bool[] _isUsed;
    private readonly bool _isConstant;

    public WorldMap(LoadedMap map, byte* room)
    {
        Map = map;
        MapSpec spec = map.Map.Spec;
        KeySize = (int)spec.KeySize;
        ValueSize = (int)spec.ValueSize;
        Stride = (ValueSize + 7) & -8;
        Entries = map.Map is IDirectValueMap ? (int)spec.MaxEntries : RoomEntries(spec);
        KeyCount = RoomEntries(spec);
        Access = MapPermissions.Of(spec, map.Type.Descriptor).Access;
        IsArray = map.Map is IDirectValueMap || (KeySize == sizeof(uint) && map.Type.Descriptor.Number?.Value is 6);
        _isConstant = spec.IsFrozen && (Access & MemoryAccess.Write) == 0;
        _isUsed = new bool[KeyCount];
        _keys = room;
        Values = map.Map is IDirectValueMap direct ? (byte*)direct.Values.Address : room + ((KeyCount * KeySize) + 7 & -8);
    }

    public LoadedMap Map { get; }

    public int KeySize { get; }

    public int ValueSize { get; }

    public int Stride { get; }

    public int Entries { get; }

    /// <summary>Of the entries as many have their keys in memory.</summary>
    public int KeyCount { get; }

    public MemoryAccess Access { get; }

    /// <summary>All keys are there.</summary>
    public bool IsArray { get; }

    /// <summary>Looks at a value that it is asked about, and gives none (Linux: BPF_MAP_TYPE_BLOOM_FILTER).</summary>
    public bool IsAsked => Map.Type.Descriptor.Number?.Value is 30;

    public byte* Values { get; }

    public byte* Keys => _keys;

    public Span<byte> Memory => new(Values, Stride * Entries);

    /// <summary>For one map's keys and values, in bytes.</summary>
    public static int RoomOf(MapSpec spec) => (int)(((RoomEntries(spec) * spec.KeySize) + 7 & ~7u) + (RoomEntries(spec) * (spec.ValueSize + 7 & ~7u)));

    public void Reset(ref SeededRandom random)
    {
        for (int i = 0; i < KeyCount; i++)
        {
            _isUsed[i] = IsArray || random.OneIn(2);
            var key = new Span<byte>(_keys + (i * KeySize), KeySize);
            key.Clear();
            if (KeySize > 0)
            {
                key[0] = (byte)i;
            }
        }

        if (!_isConstant)
        {
            Span<byte> memory = Memory;
            random.Fill(memory[..Math.Min(memory.Length, MostRandomBytes)]);
            memory[Math.Min(memory.Length, MostRandomBytes)..].Clear();
        }
    }

    /// <summary>The key's value; null when it is not there.</summary>
    public byte* Find(byte* key)
    {
        int index = IndexOf(key);
        return index < 0 ? null : Values + (index * Stride);
    }

    public long Update(byte* key, byte* value, ulong flags)
    {
        if (flags > Exist)
        {
            return -(long)Errno.EINVAL;
        }

        int index = IndexOf(key);
        if (index < 0 ? flags == Exist : flags == NoExist)
        {
            return -(long)(index < 0 && !IsArray ? Errno.ENOENT : IsArray && index < 0 ? Errno.E2BIG : Errno.EEXIST);
        }

        if (index < 0)
        {
            index = IsArray ? -1 : Array.IndexOf(_isUsed, false);
            if (index < 0)
            {
                return -(long)Errno.E2BIG;
            }

            _isUsed[index] = true;
            new Span<byte>(key, KeySize).CopyTo(new Span<byte>(_keys + (index * KeySize), KeySize));
        }

        new Span<byte>(value, ValueSize).CopyTo(new Span<byte>(Values + (index * Stride), ValueSize));
        return 0;
    }

    public long Delete(byte* key)
    {
        int index = IndexOf(key);
        if (IsArray)
        {
            return -(long)Errno.EINVAL;
        }

        if (index < 0)
        {
            return -(long)Errno.ENOENT;
        }

        _isUsed[index] = false;
        return 0;
    }

    /// <summary>Gives a map of the kernel's the same keys and values.</summary>
    public void CopyTo(KernelMap target)
    {
        for (int i = 0; i < KeyCount && (Access & MemoryAccess.Write) != 0; i++)
        {
            if (IsUsed(i))
            {
                target.Update(Key(i), Value(i));
            }
            else
            {
                target.Delete(Key(i));
            }
        }
    }

    /// <summary>Which keys there are, and all values.</summary>
    public void CopyStateTo(IBufferWriter<byte> writer)
    {
        writer.Write(MemoryMarshal.AsBytes<bool>(_isUsed));
        writer.Write(Memory);
    }

    public ReadOnlySpan<byte> Key(int index) => new(_keys + (index * KeySize), KeySize);

    public ReadOnlySpan<byte> Value(int index) => new(Values + (index * Stride), ValueSize);

    public bool IsUsed(int index) => _isUsed[index];

    private static int RoomEntries(MapSpec spec) => (int)Math.Min(spec.MaxEntries, spec.Type.Number.Value is 6 ? 64u : MostEntries);

    private int IndexOf(byte* key)
    {
        if (IsArray)
        {
            uint index = *(uint*)key;
            return index < Entries ? (int)index : -1;
        }

        var wanted = new ReadOnlySpan<byte>(key, KeySize);
        for (int i = 0; i < KeyCount; i++)
        {
            if (_isUsed[i] && wanted.SequenceEqual(new ReadOnlySpan<byte>(_keys + (i * KeySize), KeySize)))
            {
                return i;
            }
        }

        return -1;
    }
}
