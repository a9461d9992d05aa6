using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>Maps of little skill, in memory with canaries: an array, with direct values or without.</summary>
internal static class TestMaps
{
    public static LoadedMap Array(uint valueSize, uint entries, bool isDirect = true, bool isFrozen = false, uint flags = 0, MapOperations operations = MapOperations.Lookup | MapOperations.ForEach, bool holdsMaps = false)
    {
        var spec = new MapSpec
        {
            Name = "map",
            Type = new MapTypeReference(new MapTypeNumber(2)),
            KeySize = 4,
            ValueSize = valueSize,
            MaxEntries = entries,
            IsFrozen = isFrozen,
            Flags = flags,
        };
        IMap map = isDirect ? new DirectArray(spec) : new PlainArray(spec);
        return new LoadedMap(new MapId(1), new Type(operations, holdsMaps), map, TestProgram.Plugin, _ => { });
    }

    public static GuardedMemory Memory(this LoadedMap map) => ((PlainArray)map.Map).Memory;

    private sealed class Type(MapOperations operations, bool holdsMaps) : IMapType
    {
        public MapTypeDescriptor Descriptor { get; } = new()
        {
            Name = "test",
            Description = "Tests.",
            KeySize = SizeRule.Exactly(4),
            ValueSize = new SizeRule(1, 1024),
            MaxEntries = new SizeRule(1, 1024),
            Operations = operations,
            HoldsMaps = holdsMaps,
        };

        public Result<IMap> Create(MapSpec spec) => throw new NotSupportedException();
    }

    private class PlainArray(MapSpec spec) : IKeyedMap
    {
        public GuardedMemory Memory { get; } = new((int)(spec.ValueSize * spec.MaxEntries));

        public MapSpec Spec => spec;

        public long MemoryBytes => spec.ValueSize * spec.MaxEntries;

        public long Count => spec.MaxEntries;

        public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value) => Errno.EOPNOTSUPP;

        public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags) => Errno.EOPNOTSUPP;

        public Errno Delete(ReadOnlySpan<byte> key) => Errno.EOPNOTSUPP;

        public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next) => Errno.EOPNOTSUPP;

        public unsafe nint ProgramLookup(byte* key)
            => *(uint*)key < spec.MaxEntries ? (nint)(Memory.Address + (*(uint*)key * spec.ValueSize)) : 0;

        public unsafe long ProgramUpdate(byte* key, byte* value, ulong flags) => 0;

        public unsafe long ProgramDelete(byte* key) => 0;

        public void Dispose() => Memory.Dispose();
    }

    private sealed class DirectArray(MapSpec spec) : PlainArray(spec), IDirectValueMap
    {
        public MemoryRegion Values => Memory.Region();

        public uint ValueStride => Spec.ValueSize;

        public void Freeze()
        {
        }
    }
}
