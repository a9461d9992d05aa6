using System.Collections.Immutable;
using System.Numerics;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;

namespace Skep.Testing;

/// <summary>
/// What holds for every <see cref="IMapType"/>: its descriptor, which definitions it takes, memory, disposal. Inherit the class for what its maps can do: <see cref="KeyedMapContract"/>,
/// <see cref="PerCpuMapContract"/>, <see cref="DirectValueMapContract"/>, <see cref="QueueMapContract"/>, <see cref="RingBufferMapContract"/>, <see cref="ObjectMapContract"/>; this one only for maps that are none of these.
/// </summary>
public abstract class MapTypeContract
{
    private const long LeakBytes = 512L << 20;
    private const long NoiseBytes = 192L << 20;
    private const ulong MostBytes = 1 << 26;

    private static readonly (Type Ability, Type Contract)[] Contracts =
    [
        (typeof(IKeyedMap), typeof(KeyedMapContract)),
        (typeof(IPerCpuMap), typeof(PerCpuMapContract)),
        (typeof(IDirectValueMap), typeof(DirectValueMapContract)),
        (typeof(IQueueMap), typeof(QueueMapContract)),
        (typeof(IRingBufferMap), typeof(RingBufferMapContract)),
        (typeof(IObjectMap<LoadedProgram>), typeof(ObjectMapContract)),
    ];

    /// <summary>The map type under test; a new one each time.</summary>
    protected abstract IMapType Create();

    /// <summary>Back ends on which programs use the maps, beside the interpreter.</summary>
    protected virtual IEnumerable<IJitBackend> Backends => [];

    /// <summary>The key size of maps that tests make, in bytes. By default 4, or what is legal nearest to it.</summary>
    protected virtual uint KeySize => Nearest(Create().Descriptor.KeySize, sizeof(uint));

    /// <summary>The value size of maps that tests make, in bytes. By default 16, or what is legal nearest to it.</summary>
    protected virtual uint ValueSize => Nearest(Create().Descriptor.ValueSize, 16);

    /// <summary>Flags that every map of the type needs.</summary>
    protected virtual uint RequiredFlags => 0;

    /// <summary>The definition of inner maps, for maps of maps.</summary>
    protected virtual MapSpec? Inner => null;

    /// <summary>Native memory that a map has whatever its size, in bytes, beyond <see cref="MapTypeDescriptor.FootprintOf"/>.</summary>
    protected virtual long ConstantBytes => 64 << 10;

    /// <summary>Further test classes of this map type, for maps with several of the abilities that have a contract each.</summary>
    protected virtual IEnumerable<Type> AlsoTestedBy => [];

    /// <summary>Contracts of abilities that the maps have but by design do not keep, each with the reason: a sketch is asked like a map with keys, and keeps none. Tests of their own are expected.</summary>
    protected virtual IReadOnlyDictionary<Type, string> NotTestedBy => ImmutableDictionary<Type, string>.Empty;

    /// <summary>A legal definition.</summary>
    protected MapSpec SpecOf(uint entries, uint flags = 0, string name = "m") => new()
    {
        Name = name,
        Type = TypeReference,
        KeySize = KeySize,
        ValueSize = ValueSize,
        MaxEntries = Nearest(Create().Descriptor.MaxEntries, entries),
        Flags = RequiredFlags | flags,
        Inner = Inner,
    };

    /// <summary>A runtime with the type, the back ends and the fakes.</summary>
    protected FakeRuntime Runtime(bool optimize = true) => new([Create(), .. Backends], Limits.Default, EngineOptions.Default with { Optimize = optimize });

    /// <summary>Makes a map straight from the type, owned by the caller.</summary>
    protected IMap Make(uint entries, uint flags = 0) => Create().Create(SpecOf(entries, flags)).GetOrThrow();

    /// <summary>Puts something into every place of a map, so that all its memory is touched.</summary>
    protected virtual void Fill(IMap map)
    {
    }

    /// <summary>Does anything that user code can do with a map.</summary>
    protected virtual void Touch(IMap map)
    {
    }

    /// <summary>The legal value nearest to <paramref name="wanted"/>, upwards first.</summary>
    protected static uint Nearest(SizeRule rule, uint wanted)
    {
        uint start = Math.Clamp(rule.PowerOfTwo ? BitOperations.RoundUpToPowerOf2(Math.Max(wanted, 1)) : wanted, rule.Minimum, rule.Maximum);
        for (uint distance = 0; distance < 1 << 16; distance++)
        {
            if (rule.Allows(start + distance))
            {
                return start + distance;
            }

            if (distance <= start && rule.Allows(start - distance))
            {
                return start - distance;
            }
        }

        throw new ArgumentException($"No legal value near {wanted} was found ({rule}).", nameof(rule));
    }

    private MapTypeReference TypeReference
    {
        get
        {
            MapTypeDescriptor descriptor = Create().Descriptor;
            return descriptor.Number is { } number ? new(number) : new(default, descriptor.Name);
        }
    }

    [Fact]
    public void The_descriptor_says_who_it_is_and_what_is_legal()
    {
        MapTypeDescriptor descriptor = Create().Descriptor;
        Assert.False(string.IsNullOrWhiteSpace(descriptor.Name));
        Assert.Matches(@"^[A-Z].+\.$", descriptor.Description);
        Assert.True(descriptor.Number is not null || descriptor.Name.Contains('/', StringComparison.Ordinal), $"{descriptor.Name} is not Linux's: its name is qualified, as acme/sketch");
        foreach (SizeRule rule in (SizeRule[])[descriptor.KeySize, descriptor.ValueSize, descriptor.MaxEntries])
        {
            Assert.True(rule.Minimum <= rule.Maximum, $"{rule.Minimum} to {rule.Maximum}");
        }

        Assert.Equal(descriptor, Create().Descriptor);
    }

    [Fact]
    public void The_maps_can_do_what_the_descriptor_says()
    {
        MapTypeDescriptor descriptor = Create().Descriptor;
        using IMap map = Make(8);
        const MapOperations keyed = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach;
        const MapOperations queue = MapOperations.Push | MapOperations.Pop | MapOperations.Peek;
        Assert.True((descriptor.Operations & keyed) == 0 || descriptor.HoldsMaps || map is IKeyedMap, "look-up, update and delete need IKeyedMap");
        Assert.True((descriptor.Operations & queue) == 0 || map is IQueueMap, "push, pop and peek need IQueueMap");
        Assert.Equal((descriptor.Operations & MapOperations.RingBuffer) != 0, map is IRingBufferMap);
        Assert.Equal((descriptor.Operations & MapOperations.TailCall) != 0, map is IObjectMap<LoadedProgram>);
        Assert.Equal(descriptor.HasDirectValue, map is IDirectValueMap);
        Assert.Equal(descriptor.IsPerCpu, map is IPerCpuMap);
        Assert.True((descriptor.Operations & MapOperations.PerCpuLookup) == 0 || descriptor.IsPerCpu, "the look-up for one CPU is for maps with values for each");
    }

    [Fact]
    public void Every_ability_is_tested()
    {
        using IMap map = Make(8);
        foreach ((Type ability, Type contract) in Contracts.Where(pair => pair.Ability.IsInstanceOfType(map)))
        {
            Assert.True(
                contract.IsInstanceOfType(this) || AlsoTestedBy.Any(contract.IsAssignableFrom) || NotTestedBy.ContainsKey(contract),
                $"the maps are {ability.Name}: inherit {contract.Name}, or name the class that does in AlsoTestedBy");
        }
    }

    [Fact]
    public void A_map_tells_what_it_was_made_from()
    {
        MapSpec spec = SpecOf(8);
        using IMap map = Create().Create(spec).GetOrThrow();
        Assert.Equal(spec, map.Spec);
        Assert.True(map.MemoryBytes >= 0);
    }

    [Fact]
    public void Sizes_outside_the_descriptor_are_findings_and_those_inside_never_throw()
    {
        MapTypeDescriptor descriptor = Create().Descriptor;
        using FakeRuntime runtime = Runtime();
        MapSpec legal = SpecOf(8);
        foreach (uint size in Edges(descriptor.KeySize))
        {
            Judge(runtime, legal with { KeySize = size }, descriptor.KeySize.Allows(size));
        }

        foreach (uint size in Edges(descriptor.ValueSize))
        {
            Judge(runtime, legal with { ValueSize = size }, descriptor.ValueSize.Allows(size));
        }

        foreach (uint count in Edges(descriptor.MaxEntries))
        {
            Judge(runtime, legal with { MaxEntries = count }, descriptor.MaxEntries.Allows(count));
        }
    }

    [Fact]
    public void Flags_outside_the_descriptor_are_findings_and_those_inside_never_throw()
    {
        uint allowed = Create().Descriptor.AllowedFlags;
        using FakeRuntime runtime = Runtime();
        for (int first = 0; first < 32; first++)
        {
            for (int second = first; second < 32; second++)
            {
                uint flags = (1u << first) | (1u << second);
                Judge(runtime, SpecOf(8) with { Flags = flags }, (flags & ~allowed) == 0);
            }
        }
    }

    [Fact]
    public void Read_only_and_write_only_at_once_is_a_finding()
    {
        uint allowed = Create().Descriptor.AllowedFlags;
        foreach (uint both in (uint[])[MapFlags.ReadOnly | MapFlags.WriteOnly, MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram])
        {
            if ((allowed & both) == both)
            {
                Result<IMap> made = Create().Create(SpecOf(8, both));
                made.Value?.Dispose();
                Assert.False(made.IsSuccess, $"flags 0x{both:x}");
            }
        }
    }

    [Fact]
    public void A_map_that_no_memory_can_hold_is_a_finding()
    {
        MapTypeDescriptor descriptor = Create().Descriptor;
        MapSpec spec = SpecOf(8) with { ValueSize = Nearest(descriptor.ValueSize, int.MaxValue), MaxEntries = Nearest(descriptor.MaxEntries, descriptor.MaxEntries.PowerOfTwo ? 1u << 31 : uint.MaxValue) };
        if (descriptor.FootprintOf(spec) < (UInt128)1 << 50)
        {
            // All that is legal may be had.
            return;
        }

        Result<IMap> made = Create().Create(spec);
        if (made.IsSuccess)
        {
            // Memory is taken when it is needed: then only what is there counts.
            Assert.True((UInt128)made.Value.MemoryBytes < (UInt128)1 << 50);
            made.Value.Dispose();
        }
    }

    [Fact]
    public void A_full_map_takes_no_more_than_its_footprint()
    {
        foreach (uint entries in (uint[])[16, 1000, 20_000])
        {
            MapSpec spec = SpecOf(entries);
            using IMap map = Create().Create(spec).GetOrThrow();
            Fill(map);
            UInt128 most = Create().Descriptor.FootprintOf(spec) + (UInt128)ConstantBytes;
            Assert.True((UInt128)map.MemoryBytes <= most, $"{map.MemoryBytes} bytes with {spec.MaxEntries} entries; the descriptor says at most {most}");
        }
    }

    [Fact]
    public void Disposing_gives_all_memory_back()
    {
        MapSpec spec = SpecOf(20_000);
        Cycle(2);
        ProcessMemory.ShouldNotGrow(NoiseBytes, () =>
        {
            (long taken, int cycles) = (0, 0);
            while (taken < LeakBytes && cycles++ < 5_000)
            {
                taken += Cycle(1);
            }

            return $"{cycles} maps, {taken >> 20} MiB in all, were made and disposed";
        });

        long Cycle(int count)
        {
            long bytes = 0;
            for (int i = 0; i < count; i++)
            {
                using IMap map = Create().Create(spec).GetOrThrow();
                Fill(map);
                bytes += map.MemoryBytes;
            }

            return bytes;
        }
    }

    [Fact]
    public void Disposing_twice_or_from_many_threads_is_disposing_once()
    {
        for (int round = 0; round < 100; round++)
        {
            IMap map = Make(8);
            Crowd.Run(4, _ => map.Dispose());
            map.Dispose();
        }
    }

    [Fact]
    public void A_map_in_use_by_a_program_is_not_disposed()
    {
        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(8));
        LoadedProgram program = runtime.Load("r1 = map[m]\nr0 = 0\nexit");
        Assert.Throws<InvalidOperationException>(map.Dispose);
        Touch(map.Map);
        program.Dispose();
        map.Dispose();
    }

    private static IEnumerable<uint> Edges(SizeRule rule)
        => new long[] { 0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 511, 512, 513, 4095, 4096, 1 << 20, uint.MaxValue, rule.Minimum - 1L, rule.Minimum, rule.Minimum + 1L, rule.Maximum - 1L, rule.Maximum, rule.Maximum + 1L }
            .Where(edge => edge is >= 0 and <= uint.MaxValue).Select(edge => (uint)edge).Distinct();

    /// <summary>What is illegal is a finding; what is legal may still be one (rules between members, memory), and its code never throws.</summary>
    private static void Judge(FakeRuntime runtime, MapSpec spec, bool isLegal)
    {
        if (isLegal && runtime.Runtime.Registry.FindMapType(spec.Type)!.Provider.Descriptor.FootprintOf(spec) > MostBytes)
        {
            return;
        }

        string what = $"key size {spec.KeySize}, value size {spec.ValueSize}, {spec.MaxEntries} entries, flags 0x{spec.Flags:x}";
        Result<LoadedMap> made = runtime.Runtime.CreateMap(spec);
        Assert.True(isLegal || !made.IsSuccess, what + " is outside the descriptor, and was made");
        Assert.True(made.Findings.All(finding => finding.Rule != LinkRules.MapCreation), what + ": " + string.Join('\n', made.Findings));
        Assert.True(made.IsSuccess || made.Findings.All(finding => finding.Message.Length > 0 && finding.Remedy.Length > 0), what + ": a finding says what and what to do");
        made.Value?.Dispose();
    }
}
