using Skep.Findings;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Verification;

/// <summary>A warning for each loop that fuel bounds.</summary>
internal static class FuelWarnings
{
    public static IEnumerable<Finding> Of(VerifiedProgram program)
    {
        var text = new InstructionText(program.Linked);
        foreach (SlotIndex slot in program.Facts.FuelSlots)
        {
            yield return PathRules.FuelLoop.Warning(
                ProblemFinding.PlaceOf(program.Linked, text, slot.Value), $"the loop that comes back to insn {slot} is not proved to end; each round costs fuel, and a run traps when none is left");
        }
    }
}
