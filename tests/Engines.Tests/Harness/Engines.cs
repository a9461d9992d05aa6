using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Jit.Arm64;
using Skep.Jit.Cil;
using Skep.Jit.X64;

namespace Skep.Engines.Tests.Harness;

/// <summary>The engines that are held against the interpreter: every back end whose code can run in this process, each as it is and with what changes its code.</summary>
internal static class Engines
{
    /// <summary>Those of <see cref="Backends"/>, blinded and for the barest processor as well.</summary>
    public static ImmutableArray<EngineUnderTest> All { get; } = [.. Backends().SelectMany(Variants)];

    /// <summary>One for each back end, as hosts get it.</summary>
    public static ImmutableArray<EngineUnderTest> Plain { get; } = [.. Backends().Select(backend => new EngineUnderTest(backend.Descriptor.Name, backend, JitOptions.Default))];

    /// <summary>The back ends that can work here.</summary>
    public static IEnumerable<IJitBackend> Backends() => AllBackends().Where(EngineUnderTest.CanRunHere);

    private static IJitBackend[] AllBackends() => [new X64Backend(), new Arm64Backend(), new CilBackend()];

    private static IEnumerable<EngineUnderTest> Variants(IJitBackend backend)
    {
        string name = backend.Descriptor.Name;
        yield return new EngineUnderTest(name, backend, JitOptions.Default);
        yield return new EngineUnderTest($"{name}, blinded", backend, new JitOptions { BlindConstants = true });
        if (backend.Descriptor.Architecture is not null)
        {
            yield return new EngineUnderTest($"{name}, no features", backend, new JitOptions { Features = [] });
        }
    }
}
