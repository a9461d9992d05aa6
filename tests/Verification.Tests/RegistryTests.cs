using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Registries;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests;

/// <summary>The registry of the corpus against the kernel that it describes.</summary>
public sealed class RegistryTests
{
    private const byte CallOpcode = 0x85;
    private const ulong Exit = 0x95;

    public RegistryTests() => Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);

    public static TheoryData<string> Types => [.. TestProgramTypes.Names];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_may_call_what_the_kernel_lets_it_call(string type)
    {
        IProgramType programType = TestProgramTypes.Find(type);
        var differences = new List<string>();
        foreach (HelperNumber number in TestRegistry.Instance.Helpers.Where(helper => !IsForSpecialFields(helper.Descriptor)).Select(helper => helper.Descriptor.Number).OfType<HelperNumber>().Distinct())
        {
            HelperBinding helper = TestRegistry.Instance.FindHelper(number, programType.Descriptor)!;
            bool isAllowed = IsAllowedByKernel(helper.Descriptor, type, "GPL");
            if (isAllowed != Registry.IsAllowed(helper, programType.Descriptor))
            {
                differences.Add($"{helper.Descriptor.Name}: the kernel {(isAllowed ? "allows" : "refuses")} it");
            }
            else if (isAllowed && helper.Descriptor.IsGplOnly == IsAllowedByKernel(helper.Descriptor, type, "MIT"))
            {
                differences.Add($"{helper.Descriptor.Name}: the kernel thinks otherwise of its licence");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    // The kernel refuses some types the maps that have locks and timers, and not the helpers.
    private static bool IsForSpecialFields(HelperDescriptor helper) => helper.Arguments.Any(argument => argument.Kind is HelperArgumentKind.SpinLock or HelperArgumentKind.Timer);

    // Whatever is wrong with the call itself is found later than whether it may be made at all.
    private static bool IsAllowedByKernel(HelperDescriptor helper, string type, string license)
    {
        ulong call = CallOpcode | (ulong)(uint)helper.Number!.Value.Value << 32;
        KernelLoadResult result = KernelProgram.TryLoad(
            [call, Exit], new KernelProgramOptions(TestProgramTypes.KernelType(type)) { License = license, ExpectedAttachType = TestProgramTypes.AttachType(type), LogLevel = KernelLogLevel.Level1 });
        result.Program?.Dispose();
        return !result.Log.Contains("cannot use helper", StringComparison.Ordinal)
            && !result.Log.Contains("unknown func", StringComparison.Ordinal)
            && !result.Log.Contains("GPL-restricted", StringComparison.Ordinal);
    }
}
