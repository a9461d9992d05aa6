using Skep.Contracts;
using Skep.Isa;
using Skep.Kernel;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Structure;

/// <summary>Every helper that is called is here, and this program may call it.</summary>
internal static class HelperCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            Instruction instruction = input.Instructions[slot];
            switch (instruction.Operation)
            {
                case Operation.CallHelper or Operation.CallNamed when input.Program.Helpers.TryGetValue(slot, out HelperBinding? helper):
                    CheckAllowed(input, slot, helper, report);
                    CheckLicense(input, slot, helper, report);
                    break;
                case Operation.CallHelper:
                    ReportUnknown(input, slot, new HelperNumber(instruction.LowImmediate), report);
                    break;
                case Operation.CallNamed when !input.References.ContainsKey(slot):
                    report.Add(VerificationRules.UnboundFunction, slot, $"BTF id {instruction.LowImmediate} of the kernel names no function here");
                    break;
                case Operation.CallNamed:
                    report.Add(VerificationRules.UnboundFunction, slot, $"{NameOf(input.References[slot])} is offered by no plugin");
                    break;
                case Operation.CallRegister when !input.Policy.AllowRegisterCalls:
                    report.Add(VerificationRules.RegisterCall, slot, $"the number of the helper is in r{instruction.Destination}, expected a constant");
                    break;
            }
        }
    }

    private static string NameOf(Reference reference) => reference is ExternReference named ? named.Name : "the function";

    private static void ReportUnknown(StructureInput input, int slot, HelperNumber number, StructureReport report)
    {
        if (input.References.GetValueOrDefault(slot) is ExternReference named)
        {
            report.Add(VerificationRules.UnboundFunction, slot, $"{named.Name} is offered by no plugin");
        }
        else if (KernelNames.Find(number) is { } name)
        {
            report.Add(VerificationRules.UnknownHelper, slot, $"helper {number.Value} is {name} in Linux; no plugin here offers it");
        }
        else
        {
            report.Add(VerificationRules.UnknownHelper, slot, $"helper {number.Value} is unknown to Linux too, and no plugin offers it");
        }
    }

    private static void CheckAllowed(StructureInput input, int slot, HelperBinding helper, StructureReport report)
    {
        ProgramTypeDescriptor type = input.Program.ProgramType.Descriptor;
        if (Registry.IsAllowed(helper, type))
        {
            return;
        }

        HelperDescriptor descriptor = helper.Descriptor;
        if (!descriptor.ProgramTypes.IsEmpty && !descriptor.ProgramTypes.Contains(type.Name))
        {
            report.Add(
                VerificationRules.HelperNotAllowed, slot,
                $"{descriptor.Name} serves programs of type {string.Join(", ", descriptor.ProgramTypes)}; this one is of type {type.Name}");
        }
        else
        {
            report.Add(
                VerificationRules.HelperNotAllowed, slot,
                $"{descriptor.Name} is in helper set {helper.Set}; programs of type {type.Name} may call {string.Join(", ", type.HelperSets)}");
        }
    }

    private static void CheckLicense(StructureInput input, int slot, HelperBinding helper, StructureReport report)
    {
        if (!helper.Descriptor.IsGplOnly || GplLicense.IsCompatible(input.Program.Spec.License ?? ""))
        {
            return;
        }

        string license = input.Program.Spec.License is { } text ? $"\"{text}\"" : "missing";
        report.Add(VerificationRules.GplOnlyHelper, slot, $"{helper.Descriptor.Name} needs a licence that is compatible with the GPL; the program's is {license}");
    }
}
