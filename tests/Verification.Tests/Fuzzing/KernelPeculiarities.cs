using System.Text.RegularExpressions;
using Skep.Isa;
using Skep.TestPrograms.Generation;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>What the kernel refuses for reasons that are not safety, or because it knows less.</summary>
internal static class KernelPeculiarities
{
    private static readonly (Regex Complaint, string Reason)[] Complaints =
    [
        (new("BPF program is too large|too complex"), "the kernel takes too long"),
        (new("infinite loop detected"), "the kernel does not see that a loop ends; that it does is seen when it runs"),
        (new("At program exit the register R0"), "the kernel knows less of a result; that it is allowed is seen when it runs"),
        (new("not supported for program type"), "the kernel lets some types call a helper and then refuses them"),
        (new("tracing progs cannot use bpf_spin_lock|socket filter progs cannot use bpf_spin_lock"), "the kernel has no maps with locks for tracing and socket filters, whose helpers are refused"),
        (new("prohibited for !root|speculative"), "the kernel guards against speculation where programs are not trusted"),
        (new("subtraction from stack pointer prohibited"), "the kernel subtracts nothing from a stack pointer and adds whatever it is"),
        (new(@"invalid bpf_context access off=\d+ size=[124]"), "the kernel reads some fields of contexts only whole"),
        (new("cannot return stack pointer to the caller"), "the address is of a frame that is still open; the kernel lets none be returned"),
        (new("cannot use helper"), "the kernel lets only those who may trace call it"),
        (new("verifier bug"), "the kernel is wrong"),
    ];

    private static readonly (Func<GeneratedProgram, string, bool> Applies, string Reason)[] Known =
    [
        ((program, complaint) => program.Type == "tracepoint" && Regex.IsMatch(complaint, "invalid bpf_context access off=[0-7] "), "the first 8 bytes of a tracepoint's record are a pointer in the kernel"),
        ((program, _) => program.Code.Any(instruction => ProgramGenerator.IsKnownLess(instruction.Operation)), "the kernel knows less of quotients, remainders and products"),
        ((program, _) => program.Code.Any(instruction => instruction.Row.Condition == JumpCondition.AnyBitSet), "the kernel does not know that what has a bit is not 0"),
        ((program, _) => program.Code.Any(instruction => instruction.Row.IsReadModifyWrite && instruction.Source == instruction.Destination), "the kernel looks at an atomic's address when its register has the old value already"),
        ((program, _) => program.Code.Any(instruction => instruction.Row.Shape == InstructionShape.AluRegister && ProgramGenerator.IsShift(instruction.Operation)), "the kernel knows nothing of shifts by as many bits as there are, or more"),
        ((program, _) => program.Code.Any(instruction => instruction.Row.Shape == InstructionShape.MoveSigned || instruction.Row.Shape == InstructionShape.AluUnary), "the kernel knows less of extended, swapped and negated numbers"),
        ((program, _) => program.Code.Any(instruction => instruction.Row.Shape is InstructionShape.JumpRegister or InstructionShape.AluRegister && instruction.Row.Alu != AluOperator.Move && instruction.Source == instruction.Destination), "the kernel does not know that a register equals itself"),
    ];

    /// <returns>Why it may be accepted nevertheless; null where that is unsound.</returns>
    internal static string? ReasonFor(GeneratedProgram program, string complaint)
        => Complaints.FirstOrDefault(entry => entry.Complaint.IsMatch(complaint)).Reason ?? Known.FirstOrDefault(entry => entry.Applies(program, complaint)).Reason;
}
