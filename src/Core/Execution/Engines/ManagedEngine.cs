using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Engines;

/// <summary>Runs code that the .NET runtime compiled.</summary>
internal sealed unsafe class ManagedEngine(string name, LoweredProgram program, ManagedEntry code, Limits limits) : CompiledEngine(name, program, limits)
{
    private readonly CompiledEntry _main = code.Main;
    private readonly ImmutableDictionary<int, CompiledEntry> _functions = code.Functions;

    public override ulong Run(Invocation* invocation, in ProgramEntry entry)
    {
        Begin(invocation, entry);
        return HasResources ? RunFirst(invocation, entry) : _main(invocation, entry.R1, entry.R2, 0, 0, 0);
    }

    public override ulong RunBare(ulong r1, ulong r2) => _main(null, r1, r2, 0, 0, 0);

    protected override ulong EnterMain(Invocation* invocation, ulong r1, ulong r2) => _main(invocation, r1, r2, 0, 0, 0);

    protected override bool HasFunction(int slot) => _functions.ContainsKey(slot);

    protected override ulong EnterFunction(int slot, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        => _functions[slot](invocation, r1, r2, r3, r4, r5);
}
