using Skep.Contracts;
using Skep.Jit.Arm64;
using Skep.Jit.Cil;
using Skep.Jit.X64;
using Skep.Testing;

namespace Skep.Engines.Tests;

/// <summary>The back ends keep the contract: those for another processor as far as data goes.</summary>
public static class ContractTests
{
    public sealed class X64 : JitBackendContract
    {
        protected override IJitBackend Create() => new X64Backend();
    }

    public sealed class Arm64 : JitBackendContract
    {
        protected override IJitBackend Create() => new Arm64Backend();
    }

    public sealed class Cil : JitBackendContract
    {
        protected override IJitBackend Create() => new CilBackend();
    }
}
