using Skep.Btf;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Errno = Skep.KernelOracle.Errno;

namespace Skep.TestPrograms.Objects;

/// <summary>An object's maps in the running kernel, and the kernel's verdicts on its programs: what libbpf does, as far as verdicts need it. Disposing closes everything.</summary>
internal sealed class KernelObject : IDisposable
{
    private readonly Dictionary<string, KernelMap> _maps = [];
    private readonly List<KernelMap> _inner = [];
    private readonly KernelBtf? _types;

    public KernelObject(ObjectSpec spec)
    {
        _types = spec.Btf is { } graph ? KernelBtf.Load(BtfEncoder.Encode(graph)) : null;
        foreach (MapSpec map in spec.Maps)
        {
            KernelMap made = _maps[map.Name] = Create(map);
            if (!map.InitialValue.IsEmpty)
            {
                Require(map, made.Update(new byte[map.KeySize], map.InitialValue.AsSpan()));
            }

            Require(map, map.IsFrozen ? made.Freeze() : Errno.None);
        }
    }

    public void Dispose()
    {
        foreach (KernelMap map in _maps.Values.Concat(_inner))
        {
            map.Dispose();
        }

        _types?.Dispose();
    }

    public KernelMap Map(string name) => _maps[name];

    /// <summary>As <see cref="Load"/>, for the verdict alone.</summary>
    public KernelLoadResult Verify(ProgramSpec program, KernelProgramType type, uint attachType, KernelLogLevel logLevel)
    {
        KernelLoadResult result = Load(program, type, attachType, logLevel);
        result.Program?.Dispose();
        return result;
    }

    /// <param name="type">As the section says.</param>
    /// <param name="attachType"><c>enum bpf_attach_type</c>, where the type asks for it.</param>
    /// <returns>The verdict, with a program that is the caller's.</returns>
    public KernelLoadResult Load(ProgramSpec program, KernelProgramType type, uint attachType, KernelLogLevel logLevel)
    {
        var options = new KernelProgramOptions(type) { License = program.License ?? "", LogLevel = logLevel, ExpectedAttachType = attachType };
        if (_types is not null)
        {
            options = options with
            {
                Types = _types,
                Functions = [.. program.Functions.Where(function => function.Type is not null).Select(function => new KernelFunctionInfo((uint)function.Start.Value, function.Type!.Value.Value))],
            };
        }

        return KernelProgram.TryLoad(Bind(program), options);
    }

    private static void Require(MapSpec map, Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"filling the map {map.Name} failed with {error}");
        }
    }

    private static bool NeedsTypes(MapSpec map)
        => map is { DataSection: null, Btf: { } graph, KeyType: not null, ValueType: { } value } && graph.ResolveType(value) is BtfStruct type
            && type.Members.Any(member => graph.ResolveType(member.Type) is BtfStruct { Name: "bpf_spin_lock" or "bpf_timer" });

    private KernelMap Create(MapSpec map)
    {
        var type = (KernelMapType)map.Type.Number.Value;
        if (NeedsTypes(map))
        {
            return KernelMap.CreateTyped(
                type, (int)map.KeySize, (int)map.ValueSize, (int)map.MaxEntries, _types!, map.KeyType!.Value.Value, map.ValueType!.Value.Value, map.Flags);
        }

        KernelMap? inner = null;
        if (map.Inner is { } template)
        {
            inner = Create(template);
            _inner.Add(inner);
        }

        uint entries = type == KernelMapType.PerfEventArray && map.MaxEntries == 0 ? (uint)Environment.ProcessorCount : map.MaxEntries;
        uint flags = map.IsFrozen ? map.Flags | Contracts.MapFlags.ReadOnlyProgram : map.Flags;
        return KernelMap.Create(type, (int)map.KeySize, (int)map.ValueSize, (int)entries, flags, inner);
    }

    private ulong[] Bind(ProgramSpec program)
    {
        ulong[] slots = [.. program.Instructions.Select(slot => slot.Bits)];
        foreach (Reference reference in program.References)
        {
            switch (reference)
            {
                case MapReference map:
                    Set(slots, map.Slot, source: 1, _maps[map.MapName].Fd);
                    break;
                case MapValueReference value:
                    Set(slots, value.Slot, source: 2, _maps[value.MapName].Fd);
                    slots[value.Slot.Value + 1] = (ulong)value.Offset << 32;
                    break;
                case FunctionReference function:
                    Set(slots, function.Slot, source: 4, function.Target.Value - function.Slot.Value - 1);
                    break;
                case ExternReference { Kind: ExternKind.NamedFunction } named when (slots[named.Slot.Value] & 0xff) == 0x85:
                    Set(slots, named.Slot, source: 2, KernelFunctions.Find(named.Name) ?? throw new NotSupportedException($"this kernel has no function {named.Name}"));
                    slots[named.Slot.Value] &= ~0xffff_0000UL;
                    break;
                case ExternReference named:
                    // A weak function that is there: its address is not 0.
                    Set(slots, named.Slot, source: 0, named.Kind == ExternKind.NamedFunction && KernelFunctions.Find(named.Name) is not null ? 1 : 0);
                    break;
            }
        }

        return slots;
    }

    private static void Set(ulong[] slots, SlotIndex slot, byte source, int immediate)
    {
        ref ulong bits = ref slots[slot.Value];
        bits = (bits & 0x0000_0000_ffff_0fff) | ((ulong)source << 12) | ((ulong)(uint)immediate << 32);
    }
}
