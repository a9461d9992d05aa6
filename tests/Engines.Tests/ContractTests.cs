using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Jit.Arm64;
using Skep.Jit.Cil;
using Skep.Jit.X64;
using Skep.Runtime;
using Skep.Testing;

namespace Skep.Engines.Tests;

/// <summary>The back ends keep the contract: those for another processor as far as data goes.</summary>
public static class ContractTests
{
    public abstract class Contract : JitBackendContract
    {
        protected override int SampleEvery => Sample.Every;

        // On an emulated processor code goes where the emulator sees it: as for perf, into memory that is one mapping.
        protected override CodeArenaOptions Code => CodeArenaOptions.Default with { PerfMap = Sample.Every > 1 };
    }

    public sealed class X64 : Contract
    {
        protected override IJitBackend Create() => new X64Backend();
    }

    public sealed class Arm64 : Contract
    {
        protected override IJitBackend Create() => new Arm64Backend();
    }

    public sealed class Cil : Contract
    {
        protected override IJitBackend Create() => new CilBackend();
    }

    public sealed class X64Plugin : PluginContract
    {
        protected override IPlugin Create() => new Jit.X64.X64Plugin();
    }

    public sealed class Arm64Plugin : PluginContract
    {
        protected override IPlugin Create() => new Jit.Arm64.Arm64Plugin();
    }

    public sealed class CilPlugin : PluginContract
    {
        protected override IPlugin Create() => new Jit.Cil.CilPlugin();
    }
}
