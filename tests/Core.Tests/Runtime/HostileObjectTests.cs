using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Runtime;

/// <summary>Objects that ask for too much, or name things in ways that no compiler does.</summary>
public sealed class HostileObjectTests
{
    [Fact]
    public void Maps_that_are_small_enough_each_are_refused_when_they_are_too_much_together()
    {
        using SkepRuntime runtime = Runtime(new Limits { MaxTotalMapBytes = 100_000 });
        Result<LoadedObject> loaded = runtime.Load(Object([.. Enumerable.Range(0, 30).Select(index => Map($"map{index}", 1024, 4))]));
        Assert.Contains(loaded.Findings, finding => finding.Rule.Id == "SKEP2010" && finding.Message.Contains("MaxTotalMapBytes", StringComparison.Ordinal));
        Assert.Empty(runtime.Maps);

        // What was refused is free again.
        for (int round = 0; round < 3; round++)
        {
            runtime.Load(Object([.. Enumerable.Range(0, 20).Select(index => Map($"map{index}", 1024, 4))])).GetOrThrow().Dispose();
        }
    }

    // 2^20 entries of 5 bytes are 5 MiB by definition; heads and padding make them 64 MiB.
    [Fact]
    public void Many_small_entries_count_with_what_they_take()
    {
        using SkepRuntime runtime = Runtime(new Limits { MaxTotalMapBytes = 32 << 20 });
        Assert.False(runtime.CreateMap(Map("many", 1, 1 << 20)).IsSuccess);
    }

    [Fact]
    public void A_map_that_is_gone_is_not_given_to_a_program()
    {
        using SkepRuntime runtime = Runtime(Limits.Default);
        LoadedMap map = runtime.CreateMap(Map("map", 8, 1)).GetOrThrow();
        map.Dispose();
        ProgramSpec program = Program("r1 = map[id:0]\nr0 = 0\nexit", new MapReference(new SlotIndex(0), "map"));
        Assert.Throws<ObjectDisposedException>(() => runtime.LoadProgram(program, new Dictionary<string, LoadedMap> { ["map"] = map }));
        Assert.Empty(runtime.Programs);
        Assert.Empty(map.Holders);
    }

    [Fact]
    public void A_load_that_throws_leaves_no_maps()
    {
        using SkepRuntime runtime = Runtime(Limits.Default);
        LoadedMap gone = runtime.CreateMap(Map("gone", 8, 1)).GetOrThrow();
        gone.Dispose();
        ProgramSpec program = Program("r1 = map[id:0]\nr0 = 0\nexit", new MapReference(new SlotIndex(0), "gone"));
        var options = new LoadOptions { Maps = ImmutableDictionary<string, LoadedMap>.Empty.Add("gone", gone) };
        Assert.Throws<ObjectDisposedException>(() => runtime.Load(Object([Map("kept", 8, 1), Map("gone", 8, 1)], program), options));
        Assert.Empty(runtime.Maps);
    }

    [Fact]
    public void Two_references_at_one_instruction_are_a_finding()
    {
        using SkepRuntime runtime = Runtime(Limits.Default);
        ProgramSpec program = Program("r1 = map[id:0]\nr0 = 0\nexit", new MapReference(new SlotIndex(0), "map"), new MapReference(new SlotIndex(0), "map"));
        Assert.Contains(runtime.Load(Object([Map("map", 8, 1)], program)).Findings, finding => finding.Rule.Id == "SKEP2013");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_reference_outside_of_the_program_is_a_finding(int slot)
    {
        using SkepRuntime runtime = Runtime(Limits.Default);
        ProgramSpec program = Program("r1 = 0\nr2 = 0\nr0 = 0\nexit", new MapReference(new SlotIndex(slot), "map"));
        Assert.Contains(runtime.Load(Object([Map("map", 8, 1)], program)).Findings, finding => finding.Rule.Id == "SKEP2013");
    }

    private static SkepRuntime Runtime(Limits limits)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(TestProgram.Plugin, [new MapType(), new ProgramType()]));
        return new SkepRuntime(builder.Build(), limits);
    }

    private static MapSpec Map(string name, uint valueSize, uint entries)
        => new() { Name = name, Type = new MapTypeReference(new MapTypeNumber(2)), KeySize = 4, ValueSize = valueSize, MaxEntries = entries };

    private static ProgramSpec Program(string text, params Reference[] references) => new()
    {
        Name = "test",
        Section = "test",
        Instructions = [.. InstructionEncoder.Encode(TestProgram.From(text).Instructions.AsSpan())],
        References = [.. references],
    };

    private static ObjectSpec Object(ImmutableArray<MapSpec> maps, params ProgramSpec[] programs) => new() { Name = "test.o", Maps = maps, Programs = [.. programs] };

    private sealed class MapType : IMapType
    {
        public MapTypeDescriptor Descriptor { get; } = new()
        {
            Name = "array",
            Description = "Tests.",
            Number = new MapTypeNumber(2),
            KeySize = SizeRule.Exactly(4),
            ValueSize = new SizeRule(1, int.MaxValue),
            MaxEntries = new SizeRule(1, uint.MaxValue),
            Operations = MapOperations.Lookup,
        };

        public Result<IMap> Create(MapSpec spec) => Result<IMap>.Success(TestMaps.Array(spec.ValueSize, spec.MaxEntries).Map);
    }

    private sealed class ProgramType : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "test", Description = "Tests.", Sections = [new("test")], Context = ContextLayout.Opaque };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => default;

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
