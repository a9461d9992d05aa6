using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Cli.Output;

/// <summary>A trap as a finding: what happened, at which instruction, from which C line.</summary>
internal static class TrapFinding
{
    public static Finding Create(LoadedProgram program, Trap trap)
    {
        ProgramSpec spec = program.Lowered.Spec;
        var instructions = program.Lowered.Verified.Linked.Instructions;
        int slot = trap.Slot.Value;
        var place = new Place
        {
            File = spec.ObjectName.Length == 0 ? null : spec.ObjectName,
            Object = program.Name,
            Slot = trap.Slot,
            Instruction = (uint)slot < (uint)instructions.Length ? InstructionPrinter.Line(instructions[slot], slot) : null,
            Source = spec.LineAt(trap.Slot),
        };
        return CliRules.Trapped.Error(place, $"{Name(trap.Kind)}: {Describe(trap)}");
    }

    /// <summary>The kind as reports show it.</summary>
    public static string Name(TrapKind kind) => kind switch
    {
        TrapKind.None => "none",
        TrapKind.HelperThrew => "helper threw",
        TrapKind.FuelExhausted => "fuel exhausted",
        TrapKind.MemoryAccess => "memory access",
        TrapKind.InvalidInstruction => "invalid instruction",
        TrapKind.CallDepth => "call depth",
        TrapKind.HelperArgument => "helper argument",
        TrapKind.ReferenceLeak => "reference leak",
        _ => "provider gone",
    };

    private static string Describe(Trap trap) => trap.Kind switch
    {
        TrapKind.FuelExhausted => "the run used up its fuel (Limits.MaxFuel)",
        TrapKind.MemoryAccess => $"the access to address 0x{trap.Address:x} is outside the program's own memory",
        TrapKind.InvalidInstruction => "the instruction is none that can run",
        TrapKind.CallDepth => "calls went deeper than Limits.MaxCallDepth frames",
        TrapKind.HelperArgument => $"argument {trap.Address} of the call is outside the helper's prototype",
        TrapKind.ReferenceLeak => "the program ended without releasing what it acquired",
        TrapKind.ProviderGone => "the plugin that offers the helper has gone",
        _ => "a helper threw",
    };
}
