using System.Collections.Frozen;
using Skep.Contracts;
using Skep.Execution;
using Skep.Programs;

namespace Skep.TestDoubles;

/// <summary>What a run does instead of running bytecode.</summary>
internal unsafe delegate ulong RunBody(Invocation* invocation, ProgramEntry entry);

/// <summary>A loaded program whose code is a delegate, so that helpers and links can be tested without a verifier and an engine.</summary>
internal static class ProgramDouble
{
    public static LoadedProgram Create(IProgramType type, RunBody body, string name = "prog")
    {
        var spec = new ProgramSpec { Name = name, Instructions = [] };
        var linked = new LinkedProgram(spec, type, [])
        {
            Helpers = FrozenDictionary<int, Skep.Runtime.HelperBinding>.Empty,
            Maps = FrozenDictionary<int, MapBinding>.Empty,
        };
        var facts = new ProgramFacts { Proof = Proof.Full, Reachable = [], Functions = [] };
        var lowered = new LoweredProgram(new VerifiedProgram(linked, null!, facts))
        {
            Instructions = [],
            OriginalSlots = [],
            Functions = [],
            FuelSlots = [],
            Helpers = [],
            Maps = [],
        };
        return new LoadedProgram(new ProgramId(1), lowered, new Engine(body), "0123456789abcdef", [], static _ => { });
    }

    private sealed unsafe class Engine(RunBody body) : ProgramEngine
    {
        public override string Name => "double";

        public override ulong Run(Invocation* invocation, in ProgramEntry entry)
        {
            invocation->Context = entry.R1;
            return body(invocation, entry);
        }
    }
}
