using System.Collections.Immutable;
using Skep.Findings;
using Skep.Programs;
using Skep.Programs.Dump;
using Skep.Verification.Walk;

namespace Skep.Verification;

/// <summary>A problem of the walk, as people get it: with its place, the registers that matter and the way there.</summary>
internal static class ProblemFinding
{
    private const int MaximumSteps = 64;

    public static Finding Of(LinkedProgram program, FunctionWalker walker)
    {
        Problem problem = walker.Problem!;
        var text = new InstructionText(program);
        var steps = walker.Context.Paths.To(problem.Path);
        ImmutableArray<PathStep> path =
        [
            .. steps.TakeLast(MaximumSteps).Select(step => new PathStep(
                new SlotIndex(step.Slot), text.Line(step.Slot, isPlain: true).TrimStart(), step.Taken, program.Spec.LineAt(new SlotIndex(step.Slot)), step.Times)),
        ];
        return problem.Rule.Error(PlaceOf(program, text, problem.Slot), problem.Message) with
        {
            Explanation = new Explanation { Registers = problem.Registers, Path = path, PathLeftOut = steps.Length - path.Length, StricterThanLinux = problem.Note },
        };
    }

    public static Place PlaceOf(LinkedProgram program, InstructionText text, int slot)
    {
        ProgramSpec spec = program.Spec;
        return new Place
        {
            File = spec.ObjectName.Length == 0 ? null : spec.ObjectName,
            Section = spec.Section.Length == 0 ? null : spec.Section,
            Object = spec.Name,
            Slot = new SlotIndex(slot),
            Instruction = text.Line(slot, isPlain: false),
            Source = spec.LineAt(new SlotIndex(slot)),
        };
    }
}
