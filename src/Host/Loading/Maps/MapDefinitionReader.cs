using Skep.Btf;
using Skep.Programs;

namespace Skep.Loading.Maps;

/// <summary>
/// One BTF struct of <c>__uint</c>, <c>__type</c>, <c>__array</c> and <c>__ulong</c> members to a map. The values are
/// in the types: <c>__uint(name, 5)</c> is a pointer to an array of five elements.
/// </summary>
internal sealed class MapDefinitionReader(LoadingContext context, BtfGraph graph)
{
    private const uint RingBuffer = 27;
    private const uint UserRingBuffer = 31;

    /// <summary>Null when there was an error, which is then among the findings.</summary>
    /// <param name="typeName">A map type that has a name and no number; it may stand instead of the member <c>type</c>.</param>
    public MapDefinition? Read(BtfStruct definition, string name, string? typeName) => Read(definition, name, typeName, isInner: false);

    private MapDefinition? Read(BtfStruct definition, string name, string? typeName, bool isInner)
    {
        var draft = new Draft(name);
        foreach (BtfMember member in definition.Members)
        {
            if (!draft.Seen.Add(member.Name))
            {
                return Fail(name, $"member '{member.Name}' stands there twice");
            }

            if (!ReadMember(member, draft, isInner))
            {
                return null;
            }
        }

        if (draft.Type is null && typeName is null)
        {
            return Fail(name, "there is no member 'type'");
        }

        return draft.Key.Conflicts || draft.Value.Conflicts
            ? Fail(name, $"the size of {(draft.Key.Conflicts ? "key" : "value")}'s type and the size given beside it differ")
            : new(ToSpec(draft, typeName), draft.ValuesOffset);
    }

    private MapSpec ToSpec(Draft draft, string? typeName)
    {
        uint number = draft.Type ?? 0;

        // Ring buffers have no values of one size: the kernel wants 0, and the type says what the records are.
        bool isRing = typeName is null && number is RingBuffer or UserRingBuffer;
        return new()
        {
            Name = draft.Name,
            Type = new(new(number), typeName),
            KeySize = isRing ? 0 : draft.Key.Bytes,
            ValueSize = isRing ? 0 : draft.ValuesOffset is not null ? 4 : draft.Value.Bytes,
            MaxEntries = draft.MaxEntries,
            Flags = draft.Flags,
            Extra = draft.Extra,
            Pinning = draft.Pinning,
            Inner = draft.Inner,
            KeyType = draft.Key.Type,
            ValueType = draft.Value.Type,
            Btf = graph,
        };
    }

    private bool ReadMember(BtfMember member, Draft draft, bool isInner)
    {
        switch (member.Name)
        {
            case "type":
                return ReadCount(member, draft.Name, out uint type) && Set(draft.Type = type);
            case "max_entries":
                return ReadCount(member, draft.Name, out uint entries) && Set(draft.MaxEntries = entries);
            case "map_flags":
                return ReadCount(member, draft.Name, out uint flags) && Set(draft.Flags = flags);
            case "numa_node":
                // Memory of one process: there is no node to choose.
                return ReadCount(member, draft.Name, out _);
            case "map_extra":
                return ReadLong(member, draft);
            case "key_size":
                return ReadCount(member, draft.Name, out uint keySize) && Set(draft.Key = draft.Key with { GivenSize = keySize });
            case "value_size":
                return ReadCount(member, draft.Name, out uint valueSize) && Set(draft.Value = draft.Value with { GivenSize = valueSize });
            case "key":
                return ReadType(member, draft.Name) is { } key && Set(draft.Key = draft.Key with { Type = key, TypeSize = graph.SizeOf(key) });
            case "value":
                return ReadType(member, draft.Name) is { } value && Set(draft.Value = draft.Value with { Type = value, TypeSize = graph.SizeOf(value) });
            case "pinning":
                return ReadPinning(member, draft);
            case "values":
                return ReadValues(member, draft, isInner);
            default:
                context.Error(LoadingRules.UnknownMapMember, $"member '{member.Name}' is not known", MapSectionReader.SectionName, thing: draft.Name);
                return false;
        }
    }

    private static bool Set<T>(T value) => value is not null;

    private bool ReadCount(BtfMember member, string name, out uint value)
    {
        value = 0;
        if (graph.ResolveType(member.Type) is BtfPointer pointer && graph.ResolveType(pointer.Target) is BtfArray array)
        {
            value = array.Count;
            return true;
        }

        return Fail(name, $"member '{member.Name}' is not made with __uint") is not null;
    }

    private bool ReadLong(BtfMember member, Draft draft)
    {
        if (graph.ResolveType(member.Type) is BtfEnum { Values: [var only] })
        {
            draft.Extra = (ulong)only.Value;
            return true;
        }

        return ReadCount(member, draft.Name, out uint value) && Set(draft.Extra = value);
    }

    private BtfTypeId? ReadType(BtfMember member, string name)
    {
        if (graph.ResolveType(member.Type) is BtfPointer pointer && graph.SizeOf(pointer.Target) is not null)
        {
            return pointer.Target;
        }

        Fail(name, $"member '{member.Name}' is not made with __type, or its type has no size");
        return null;
    }

    private bool ReadPinning(BtfMember member, Draft draft)
    {
        if (!ReadCount(member, draft.Name, out uint pinning))
        {
            return false;
        }

        draft.Pinning = (MapPinning)pinning;
        return pinning <= (uint)MapPinning.ByName || Fail(draft.Name, $"pinning {pinning}, expected 0 (none) or 1 (by name)") is not null;
    }

    /// <summary><c>__array(values, …)</c>: an array, without a length, of pointers to inner maps or to programs.</summary>
    private bool ReadValues(BtfMember member, Draft draft, bool isInner)
    {
        if (isInner)
        {
            return Fail(draft.Name, "an inner map cannot have 'values' of its own") is not null;
        }

        if (graph.ResolveType(member.Type) is not BtfArray { Count: 0 } array || graph.ResolveType(array.Element) is not BtfPointer pointer)
        {
            return Fail(draft.Name, "member 'values' is not made with __array") is not null;
        }

        draft.ValuesOffset = member.BitOffset / 8;
        switch (graph.ResolveType(pointer.Target))
        {
            case BtfFunctionPrototype:
                return true;
            case BtfStruct inner:
                draft.Inner = Read(inner, $"{draft.Name}.inner", null, isInner: true)?.Map;
                return draft.Inner is not null;
            default:
                return Fail(draft.Name, "the elements of 'values' are neither maps nor programs") is not null;
        }
    }

    private MapDefinition? Fail(string name, string message)
    {
        context.Error(LoadingRules.MalformedMap, message, MapSectionReader.SectionName, thing: name);
        return null;
    }

    /// <summary>A key or a value, which may be given by size, by type, or by both.</summary>
    private readonly record struct Content(uint? GivenSize, BtfTypeId? Type, uint? TypeSize)
    {
        public uint Bytes => GivenSize ?? TypeSize ?? 0;

        public bool Conflicts => GivenSize is not null && TypeSize is not null && GivenSize != TypeSize;
    }

    private sealed class Draft(string name)
    {
        public string Name { get; } = name;

        public HashSet<string> Seen { get; } = [];

        public uint? Type { get; set; }

        public uint MaxEntries { get; set; }

        public uint Flags { get; set; }

        public ulong Extra { get; set; }

        public MapPinning Pinning { get; set; }

        public Content Key { get; set; }

        public Content Value { get; set; }

        public MapSpec? Inner { get; set; }

        public uint? ValuesOffset { get; set; }
    }
}

/// <param name="ValuesOffset">Where the static contents start inside the map's variable, in bytes; null when there can be none.</param>
internal sealed record MapDefinition(MapSpec Map, uint? ValuesOffset);
