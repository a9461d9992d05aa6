using Skep.Btf;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Registries;
using Errno = Skep.KernelOracle.Errno;

namespace Skep.TestPrograms.Corpus;

/// <summary>The corpus' maps in the running kernel, and its verdicts. Thread-safe; disposing closes the maps.</summary>
internal sealed class KernelSide : IDisposable
{
    private readonly Dictionary<string, KernelMap> _maps = [];
    private readonly List<KernelBtf> _types = [];

    internal KernelSide()
    {
        foreach (MapSpec spec in CorpusMaps.All)
        {
            KernelMap map = Create(spec);
            _maps.Add(spec.Name, map);
            Require(spec, spec.InitialValue.IsEmpty ? Errno.None : map.Update(new byte[spec.KeySize], spec.InitialValue.AsSpan()));
            Require(spec, spec.IsFrozen ? map.Freeze() : Errno.None);
        }
    }

    public void Dispose()
    {
        foreach (KernelMap map in _maps.Values)
        {
            map.Dispose();
        }

        _types.ForEach(types => types.Dispose());
    }

    /// <summary>Loads the entry's program; if it is accepted it is unloaded at once.</summary>
    /// <exception cref="NotSupportedException">This kernel lacks a function that the program calls.</exception>
    internal KernelLoadResult Verify(CorpusEntry entry, KernelLogLevel logLevel)
    {
        CorpusProgram program = CorpusProgram.Assemble(entry);
        KernelLoadResult result = entry.Flags.HasFlag(CorpusFlags.Unprivileged)
            ? ReducedRights.Run(() => Load(entry, program, logLevel))
            : Load(entry, program, logLevel);
        result.Program?.Dispose();
        return result;
    }

    /// <summary>Loads a program with the rights that the thread has; it is the caller's to dispose.</summary>
    internal KernelLoadResult Load(CorpusEntry entry, CorpusProgram program, KernelLogLevel logLevel)
    {
        ulong[] slots = Bind(program);
        var options = new KernelProgramOptions(TestProgramTypes.KernelType(entry.Type))
        {
            License = entry.License,
            LogLevel = logLevel,
            ExpectedAttachType = TestProgramTypes.AttachType(entry.Type),
            Flags = entry.Flags.HasFlag(CorpusFlags.Strict) ? KernelProgramFlags.StrictAlignment : KernelProgramFlags.None,
        };
        if (program.Functions.IsEmpty)
        {
            return KernelProgram.TryLoad(slots, options);
        }

        BtfGraph graph = FunctionTypes.Build(program, out BtfTypeId[] functions);
        using KernelBtf types = KernelBtf.Load(BtfEncoder.Encode(graph));
        return KernelProgram.TryLoad(slots, options with
        {
            Types = types,
            Functions = [.. program.Functions.Zip(functions, (function, type) => new KernelFunctionInfo((uint)function.Start, type.Value))],
        });
    }

    internal KernelMap Map(string name) => _maps[name];

    private static void Require(MapSpec spec, Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"filling the map {spec.Name} failed with {error}");
        }
    }

    private KernelMap Create(MapSpec spec)
    {
        var type = (KernelMapType)spec.Type.Number.Value;
        if (spec.Btf is not { } graph)
        {
            KernelMap? inner = spec.Inner is { } template ? _maps[template.Name] : null;
            return KernelMap.Create(type, (int)spec.KeySize, (int)spec.ValueSize, (int)spec.MaxEntries, spec.Flags, inner);
        }

        KernelBtf types = KernelBtf.Load(BtfEncoder.Encode(graph));
        _types.Add(types);
        return KernelMap.CreateTyped(
            type, (int)spec.KeySize, (int)spec.ValueSize, (int)spec.MaxEntries, types, spec.KeyType!.Value.Value, spec.ValueType!.Value.Value, spec.Flags);
    }

    private ulong[] Bind(CorpusProgram program)
    {
        ulong[] slots = [.. program.Slots.Select(slot => slot.Bits)];
        foreach (Reference reference in program.References)
        {
            int? number = reference switch
            {
                MapReference map => _maps[map.MapName].Fd,
                MapValueReference value => _maps[value.MapName].Fd,
                ExternReference function => KernelFunctions.Find(function.Name) ?? throw new NotSupportedException($"this kernel has no function {function.Name}"),
                _ => null,
            };
            if (number is { } immediate)
            {
                ref ulong slot = ref slots[reference.Slot.Value];
                slot = slot & uint.MaxValue | (ulong)(uint)immediate << 32;
            }
        }

        return slots;
    }
}
