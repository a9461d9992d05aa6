using System.Collections.Immutable;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;
using Skep.Verification;

namespace Skep.TestPrograms.Objects;

/// <summary>What both verifiers say of a program of an object.</summary>
/// <param name="Name">The object's file name and the program's.</param>
/// <param name="Kernel">Null where the kernel was not asked.</param>
internal sealed record ProgramVerdict(string Name, int Instructions, Result<VerifiedProgram> Skep, VerificationStatistics Statistics, KernelLoadResult? Kernel);

/// <summary>Objects on both sides: programs of the test registry's types, with an object's own maps.</summary>
internal static class ProgramVerdicts
{
    /// <param name="asksKernel">The kernel's verdict too.</param>
    /// <exception cref="FindingsException">The object cannot be read.</exception>
    public static IEnumerable<ProgramVerdict> Of(string path, bool asksKernel, KernelLogLevel logLevel = KernelLogLevel.Stats)
    {
        ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
        ImmutableDictionary<string, LoadedMap> maps = TestMaps.Load(spec.Maps);
        using KernelObject? kernel = asksKernel ? new KernelObject(spec) : null;
        foreach (ProgramSpec program in spec.Programs)
        {
            (string type, uint attachType) = TypeOf(program.Section);
            (Result<VerifiedProgram> verdict, VerificationStatistics statistics) = Verify(program, type, maps);
            yield return new ProgramVerdict(
                $"{Path.GetFileNameWithoutExtension(path)}:{program.Name}", program.Instructions.Length, verdict, statistics,
                kernel?.Verify(program, TestProgramTypes.KernelType(type), attachType, logLevel));
        }
    }

    public static (Result<VerifiedProgram> Verdict, VerificationStatistics Statistics) Verify(ProgramSpec program, string type, ImmutableDictionary<string, LoadedMap> maps, TextWriter? log = null)
    {
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits.Default).Link(program, TestProgramTypes.Find(type), maps);
        var diagnostics = new VerifierDiagnostics { Log = log };
        Result<VerifiedProgram> verdict = linked.IsSuccess
            ? Verifier.Verify(linked.Value, Limits.Default, VerificationPolicy.Default, diagnostics)
            : Result<VerifiedProgram>.Failure(linked.Findings);
        return (verdict, diagnostics.Statistics);
    }

    /// <summary>Both verifiers' logs of every program of an object.</summary>
    public static void WriteLogs(string path, string folder)
    {
        ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
        ImmutableDictionary<string, LoadedMap> maps = TestMaps.Load(spec.Maps);
        using var kernel = new KernelObject(spec);
        foreach (ProgramSpec program in spec.Programs)
        {
            (string type, uint attachType) = TypeOf(program.Section);
            using (StreamWriter log = File.CreateText(Path.Combine(folder, program.Name + ".skep")))
            {
                Verify(program, type, maps, log);
            }

            KernelLoadResult verdict = kernel.Verify(program, TestProgramTypes.KernelType(type), attachType, KernelLogLevel.Level1 | KernelLogLevel.Level2 | KernelLogLevel.Stats);
            File.WriteAllText(Path.Combine(folder, program.Name + ".kernel"), verdict.Log);
        }
    }

    /// <summary>The program type that a section means, and <c>enum bpf_attach_type</c> where the kernel wants one.</summary>
    public static (string Type, uint AttachType) TypeOf(string section)
    {
        string prefix = section.TrimStart('?').Split('/')[0];
        return prefix switch
        {
            "tc" or "classifier" or "tcx" => ("sched_cls", 0),
            "action" => ("sched_act", 0),
            "socket" => ("socket_filter", 0),
            "tp" => ("tracepoint", 0),
            "raw_tp" => ("raw_tracepoint", 0),
            "kretprobe" or "uprobe" or "uretprobe" => ("kprobe", 0),
            "cgroup" when section.EndsWith("/connect4", StringComparison.Ordinal) => ("cgroup_sock_addr", TestProgramTypes.ConnectIPv4),
            "cgroup" when section.EndsWith("/connect6", StringComparison.Ordinal) => ("cgroup_sock_addr", TestProgramTypes.ConnectIPv6),
            "cgroup_skb" => ("cgroup_skb", section.EndsWith("egress", StringComparison.Ordinal) ? 1u : 0u),
            "xdp.frags" => ("xdp", 0),
            _ => (prefix, 0),
        };
    }
}
