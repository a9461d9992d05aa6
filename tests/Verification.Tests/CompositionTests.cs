using System.Collections.Immutable;
using System.Reflection;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting;
using Skep.Isa;
using Skep.Kernel;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;

namespace Skep.Verification.Tests;

/// <summary>The programs with what the plugins offer, in place of the test registry: those that lack nothing are accepted.</summary>
public sealed class CompositionTests(ITestOutputHelper output)
{
    private static readonly string PluginFolder = typeof(CompositionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "SkepPlugins").Value!;

    /// <summary>So many have a program that lacks nothing.</summary>
    private const int LeastAccepted = 54;

    [Fact]
    public void Prototypes_are_the_kernels()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(PluginFolder));
        var differences = new SortedSet<string>(StringComparer.Ordinal);
        int compared = 0;
        foreach (IProgramType type in TestProgramTypes.All)
        {
            foreach (HelperNumber number in TestRegistry.Instance.Helpers.Select(helper => helper.Descriptor.Number).OfType<HelperNumber>().Distinct())
            {
                if (Find(TestRegistry.Instance, number, type.Descriptor.Name) is { } expected && Find(host.Runtime.Registry, number, type.Descriptor.Name) is { } actual)
                {
                    compared++;
                    differences.UnionWith(PrototypeText.Of(expected) == PrototypeText.Of(actual) ? [] : [$"{expected.Name}\n  here   {PrototypeText.Of(actual)}\n  kernel {PrototypeText.Of(expected)}"]);
                }
            }
        }

        Assert.True(compared > 100, $"{compared} prototypes are compared");
        Assert.True(differences.Count == 0, string.Join('\n', differences));

        static HelperDescriptor? Find(Registry registry, HelperNumber number, string typeName)
            => registry.FindProgramType(typeName) is { } type && registry.FindHelper(number, type.Provider.Descriptor) is { } helper && Registry.IsAllowed(helper, type.Provider.Descriptor)
                ? helper.Descriptor
                : null;
    }

    [Fact]
    public void Programs_that_lack_no_provider_are_accepted()
    {
        Assert.SkipUnless(RealPrograms.Objects.Length > 0, RealPrograms.Problem);
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(PluginFolder));
        Assert.Empty(host.Findings);
        var refused = new List<string>();
        var accepted = new List<string>();
        var table = new List<string>();
        foreach (IGrouping<string, string> objects in RealPrograms.Objects.GroupBy(path => Path.GetFileName(path).Split('.')[0]))
        {
            int variants = 0;
            var lacking = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string path in objects)
            {
                foreach ((ProgramSpec program, ImmutableArray<string> missing, Result<VerifiedProgram>? verdict) in Verify(host.Runtime, path))
                {
                    lacking.UnionWith(missing);
                    variants += verdict is { IsSuccess: true } ? 1 : 0;
                    if (verdict is { IsSuccess: false })
                    {
                        refused.Add($"{Path.GetFileName(path)}:{program.Name}: {string.Join('\n', verdict.Findings)}");
                    }
                }
            }

            accepted.AddRange(variants > 0 ? [objects.Key] : []);
            table.Add($"{objects.Key,-22} {variants,8}   {(lacking.Count == 0 ? "nothing" : string.Join(", ", lacking))}");
        }

        output.WriteLine($"{"program",-22} accepted   lacks");
        table.ForEach(output.WriteLine);
        Assert.True(refused.Count == 0, string.Join('\n', refused));
        Assert.True(accepted.Count >= LeastAccepted, $"{accepted.Count} programs are accepted, expected at least {LeastAccepted}");
    }

    private static IEnumerable<(ProgramSpec Program, ImmutableArray<string> Missing, Result<VerifiedProgram>? Verdict)> Verify(SkepRuntime runtime, string path)
    {
        ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
        var maps = new Dictionary<string, LoadedMap>();
        try
        {
            foreach (MapSpec map in spec.Maps.Where(map => MissingType(runtime, map) is null))
            {
                maps[map.Name] = runtime.CreateMap(map).GetOrThrow();
            }

            foreach (ProgramSpec program in spec.Programs)
            {
                ImmutableArray<string> missing = Missing(runtime, program, spec.Maps);
                yield return (program, missing, missing.IsEmpty ? runtime.VerifyProgram(program, maps) : null);
            }
        }
        finally
        {
            foreach (LoadedMap map in maps.Values)
            {
                map.Dispose();
            }
        }
    }

    private static ImmutableArray<string> Missing(SkepRuntime runtime, ProgramSpec program, ImmutableArray<MapSpec> maps)
    {
        if (runtime.Registry.ResolveSection(program.Section) is not { } match)
        {
            return [$"a type for section {program.Section.Split('/')[0]}"];
        }

        ProgramTypeDescriptor type = match.Type.Provider.Descriptor;
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Instruction instruction in InstructionDecoder.Decode(program.Instructions.AsSpan()).Where(instruction => instruction.Operation == Operation.CallHelper))
        {
            var number = new HelperNumber(instruction.LowImmediate);
            if (runtime.Registry.FindHelper(number, type) is not { } helper || !Registry.IsAllowed(helper, type))
            {
                missing.Add($"{KernelNames.Find(number)} for {type.Name}");
            }
        }

        foreach (Reference reference in program.References)
        {
            string? lack = reference switch
            {
                MapReference map => MissingType(runtime, maps.Single(candidate => candidate.Name == map.MapName)),
                MapValueReference value => MissingType(runtime, maps.Single(candidate => candidate.Name == value.MapName)),
                ExternReference { Kind: ExternKind.NamedFunction } named when runtime.Registry.FindHelper(named.Name, type) is null => named.Name,
                _ => null,
            };
            if (lack is not null)
            {
                missing.Add(lack);
            }
        }

        return [.. missing];
    }

    private static string? MissingType(SkepRuntime runtime, MapSpec map)
        => runtime.Registry.FindMapType(map.Type) is not null ? null : $"maps of type {KernelNames.Find(map.Type.Number)}";
}
