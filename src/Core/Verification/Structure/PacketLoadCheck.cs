using Skep.Contracts;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Verification.Walk;

namespace Skep.Verification.Structure;

/// <summary>
/// The packet loads of classic BPF need a context that is a packet, and end the program when they reach outside of it;
/// in a function that would be a return value that nobody wrote (check_ld_abs and check_abnormal_return in the kernel).
/// </summary>
internal static class PacketLoadCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        ProgramTypeDescriptor type = input.Program.ProgramType.Descriptor;
        bool hasPacket = HasPacket(type);
        for (int index = 0; index < input.Functions.Ranges.Length; index++)
        {
            FunctionRange function = input.Functions.Ranges[index];
            bool isUntyped = index > 0 && (input.Functions.IsDiscovered || !ReturnsNumber(input, index));
            for (int slot = function.Start.Value; slot < function.End.Value; slot++)
            {
                if (input.Instructions[slot].Row.Shape != InstructionShape.LoadPacket)
                {
                    continue;
                }

                if (!hasPacket)
                {
                    report.Add(VerificationRules.PacketLoad, slot, $"the context of program type {type.Name} is no packet");
                }
                else if (isUntyped)
                {
                    report.Add(VerificationRules.PacketLoad, slot, $"{input.Functions.Names[index]} has no BTF type that says that it returns a number");
                }
            }
        }
    }

    private static bool ReturnsNumber(StructureInput input, int function)
        => input.Program.Spec.Functions[function].Type is not null && FunctionSignature.Of(input.Program, input.Functions, function).ReturnsNumber;

    /// <summary>may_access_skb of the kernel for its own types; for others the context's layout decides: a packet in it, or memory that is one.</summary>
    private static bool HasPacket(ProgramTypeDescriptor type) => type.Number is { } number
        ? KernelPacketTypes.Contains(number)
        : type.Context.HasLength || type.Context.Fields.Any(field => field.Kind == ContextFieldKind.PacketStart);

    // socket_filter, sched_cls, sched_act.
    private static readonly HashSet<ProgramTypeNumber> KernelPacketTypes = [new(1), new(3), new(4)];
}
