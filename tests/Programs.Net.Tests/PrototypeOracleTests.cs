using System.Collections.Immutable;
using System.Text;
using Skep.Contracts;
using Skep.KernelOracle;

namespace Skep.ProgramTypes.Tests;

/// <summary>Each descriptor against the kernel's own prototype: what it asks for is wanted, what it allows is accepted.</summary>
public sealed class PrototypeOracleTests
{
    public PrototypeOracleTests() => PacketRun.SkipWithoutKernel();

    public static TheoryData<string> Names => [.. Helpers.Select(helper => helper.Name)];

    private static ImmutableArray<HelperDescriptor> Helpers { get; } = [.. PacketRun.Registry.Helpers.Select(helper => helper.Descriptor)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_and_names_are_the_kernels(string name) => Assert.Equal(name, Kernel.KernelNames.Find(Find(name).Number!.Value));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_types_that_may_call_it_are_the_kernels(string name)
    {
        HelperDescriptor helper = Find(name);
        foreach (string type in PacketRun.Types.Select(type => type.Descriptor.Name))
        {
            KernelLoadResult result = Load(helper, type);
            Assert.True(helper.ProgramTypes.Contains(type) == result.IsAccepted, $"{type}: {result.Log}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_argument_is_wanted(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            KernelLoadResult result = Load(helper, helper.ProgramTypes[0], i, "");
            Assert.Contains($"R{i + 1} !read_ok", result.Log, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_are_taken_for_numbers_only(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            KernelLoadResult result = Load(helper, helper.ProgramTypes[0], i, $"r{i + 1} = 8");
            bool isNumber = helper.Arguments[i].Kind is HelperArgumentKind.Anything or HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero;
            Assert.True(isNumber == result.IsAccepted, $"argument {i + 1}: {result.Log}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Size_0_and_null_memory_are_taken_where_the_descriptor_says_so(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 1; i < helper.Arguments.Length; i++)
        {
            if (helper.Arguments[i].Kind is not (HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero))
            {
                continue;
            }

            bool zero = helper.Arguments[i].Kind == HelperArgumentKind.SizeOrZero;
            Assert.Equal(zero, Load(helper, helper.ProgramTypes[0], i, $"r{i + 1} = 0").IsAccepted);
            Assert.Equal(zero && helper.Arguments[i - 1].MaybeNull, Load(helper, helper.ProgramTypes[0], i, $"r{i} = 0\nr{i + 1} = 0").IsAccepted);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Packet_pointers_are_stale_where_the_descriptor_says_so(string name)
    {
        HelperDescriptor helper = Find(name);
        foreach (string type in helper.ProgramTypes.Where(type => type is "xdp" or "sched_cls"))
        {
            int data = type == "xdp" ? 0 : 76;
            string before = $"""
                r7 = *(u32 *)(r9 +{data})
                r8 = *(u32 *)(r9 +{data + 4})
                r1 = r7
                r1 += 14
                r0 = 0
                if r1 > r8 goto out

                """;
            KernelLoadResult result = Load(helper, type, before: before, after: "r1 = *(u8 *)(r7 +0)\n");
            Assert.True(helper.InvalidatesPackets != result.IsAccepted, result.Log);
        }
    }

    private static HelperDescriptor Find(string name) => Helpers.Single(helper => helper.Name == name);

    private static KernelLoadResult Load(HelperDescriptor helper, string type, int replaced = -1, string replacement = "", string before = "", string after = "")
    {
        var text = new StringBuilder("r9 = r1\nr1 = 0\n*(u64 *)(r10 -8) = r1\n*(u64 *)(r10 -16) = r1\n*(u64 *)(r10 -24) = r1\n*(u64 *)(r10 -32) = r1\n*(u64 *)(r10 -40) = r1\n");
        text.Append(before);

        // Any call leaves R1 to R5 without a value.
        text.Append("call bpf_get_prandom_u32#7\n");
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            text.AppendLine(i == replaced ? replacement : Argument(helper.Arguments[i], i + 1));
        }

        text.Append(null, $"call {helper.Name}#{helper.Number!.Value.Value}\n").Append(after).Append("r0 = 0\nout:\nexit");
        KernelLoadResult result = KernelProgram.TryLoad(PacketRun.Assemble(text.ToString()), PacketRun.NumberOf(type));
        result.Program?.Dispose();
        return result;
    }

    private static string Argument(HelperArgument argument, int register) => argument.Kind switch
    {
        HelperArgumentKind.Context => $"r{register} = r9",
        HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory => $"r{register} = r10\nr{register} += -{8 * register}",
        HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero => $"r{register} = 8",
        HelperArgumentKind.Anything => $"r{register} = 0",
        _ => throw new NotSupportedException($"no example for {argument.Kind}"),
    };
}
