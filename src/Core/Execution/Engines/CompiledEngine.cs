using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Engines;

/// <summary>
/// What engines with compiled code have in common: how a run is set up and taken down, and how helpers come back into the program. The code checks nothing
/// but fuel, so it is only for programs that are proved (<see cref="LoweredProgram.IsProved"/>).
/// </summary>
internal abstract unsafe class CompiledEngine : ProgramEngine
{
    private readonly ulong _fuel;
    private readonly int _maxHeld;
    private GCHandle _self;

    protected CompiledEngine(string name, LoweredProgram program, Limits limits)
    {
        if (!program.IsProved)
        {
            throw new ArgumentException($"Program {program.Spec.Name} is not proved, so it must not be compiled.", nameof(program));
        }

        Name = name;
        Program = program;
        _fuel = limits.MaxFuel;
        _maxHeld = limits.MaxHeldReferences;
        IsBare = !program.NeedsInvocation;
        HasResources = program.HelperCalls.Any(call => call.HasEffects);
        _self = GCHandle.Alloc(this);
    }

    public sealed override string Name { get; }

    public sealed override bool IsBare { get; }

    protected LoweredProgram Program { get; }

    public override void Dispose()
    {
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    /// <summary>The engine that runs <paramref name="invocation"/>.</summary>
    protected static CompiledEngine Of(Invocation* invocation) => (CompiledEngine)GCHandle.FromIntPtr((nint)invocation->Engine).Target!;

    /// <summary>As <see cref="Of"/>; the type is for the caller to know.</summary>
    protected static object OfUnchecked(Invocation* invocation) => GCHandle.FromIntPtr((nint)invocation->Engine).Target!;

    /// <summary>Whether runs go through <see cref="RunFirst"/>.</summary>
    protected bool HasResources { get; }

    public sealed override ulong Continue(Invocation* invocation, in ProgramEntry entry)
    {
        Enter(invocation);
        return HasResources ? RunWithResources(invocation, entry) : EnterMain(invocation, entry.R1, entry.R2);
    }

    /// <summary>What the code and the helpers find in the run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Begin(Invocation* invocation, in ProgramEntry entry)
    {
        invocation->Context = entry.R1;
        invocation->Packet = entry.Data;
        invocation->Fuel = _fuel;
        Enter(invocation);
    }

    /// <summary>The word of this engine in invocations.</summary>
    protected nint Handle => GCHandle.ToIntPtr(_self);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(Invocation* invocation)
    {
        invocation->Engine = (void*)GCHandle.ToIntPtr(_self);
        invocation->CallBack = &CallBack;
    }

    protected abstract ulong EnterMain(Invocation* invocation, ulong r1, ulong r2);

    /// <summary>Whether a function whose address the program takes starts at a slot.</summary>
    protected abstract bool HasFunction(int slot);

    /// <param name="slot">One for which <see cref="HasFunction"/> holds.</param>
    protected abstract ulong EnterFunction(int slot, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5);

    /// <summary>As <see cref="RunWithResources"/>, for a run that begins.</summary>
    protected ulong RunFirst(Invocation* invocation, in ProgramEntry entry)
    {
        invocation->TailCalls = 0;
        return RunWithResources(invocation, entry);
    }

    /// <summary>Runs the main function, and gives back what the run leaves.</summary>
    private ulong RunWithResources(Invocation* invocation, in ProgramEntry entry)
    {
        var resources = new RunResources { MaxHeld = _maxHeld, Entry = entry };
        invocation->Resources = &resources;
        invocation->ContextBytes = entry.R1 == (ulong)entry.Context.Address ? entry.Context.Length : 0;
        invocation->JumpType = JumpType;
        ulong result;
        try
        {
            result = EnterMain(invocation, entry.R1, entry.R2);
        }
        finally
        {
            // Nothing is held at a tail call, so what is held now is what the program took that ran last.
            resources.GiveBack(invocation, Of(invocation).Program.HelperCalls);
            invocation->Resources = null;
        }

        return result;
    }

    /// <summary>Runs a function of the program for a helper.</summary>
    private static ulong CallBack(Invocation* invocation, ulong function, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        if (invocation->HasTrapped || !RunFuel.Take(invocation, RunFuel.Callback))
        {
            return 0;
        }

        CompiledEngine engine = Of(invocation);
        int target = FunctionAddress.SlotOf(function);
        if (!engine.HasFunction(target))
        {
            invocation->TrapKind = TrapKind.InvalidInstruction;
            return 0;
        }

        int slot = invocation->Slot;
        ulong result = engine.EnterFunction(target, invocation, r1, r2, r3, r4, r5);
        if (invocation->HasTrapped)
        {
            return 0;
        }

        invocation->Slot = slot;
        return result;
    }
}
