using System.Collections.Immutable;
using Skep.Contracts;
using Skep.KernelOracle;

namespace Skep.ProgramTypes.Tests;

/// <summary>Every access of every byte of a context, by the descriptor and by the kernel's verifier.</summary>
public sealed class ContextOracleTests
{
    // Opcodes of loads and stores of 1, 2, 4 and 8 bytes (RFC 9669, section 5).
    private static readonly (int Size, byte Load, byte Store)[] Widths = [(1, 0x71, 0x73), (2, 0x69, 0x6b), (4, 0x61, 0x63), (8, 0x79, 0x7b)];

    public static TheoryData<string> Types => [.. PacketRun.Types.Select(type => type.Descriptor.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_kernel_allows_what_the_layout_does(string name)
    {
        PacketRun.SkipWithoutKernel();
        ContextLayout layout = PacketRun.Registry.FindProgramType(name)!.Provider.Descriptor.Context;
        var differences = new List<string>();
        for (int offset = 0; offset < layout.Size + 8; offset++)
        {
            foreach ((int size, byte load, byte store) in Widths)
            {
                Compare(offset, size, isWrite: false, load);
                Compare(offset, size, isWrite: true, store);
            }
        }

        Assert.Empty(differences);

        void Compare(int offset, int size, bool isWrite, byte opcode)
        {
            ContextField? field = layout.Fields.FirstOrDefault(field => offset >= field.Offset && offset + size <= field.Offset + field.Size);
            bool ours = field is not null && offset % size == 0
                && (field.Access & (isWrite ? MemoryAccess.Write : MemoryAccess.Read)) != 0
                && (size == field.Size || (!isWrite && field.Kind == ContextFieldKind.Scalar));
            bool theirs = KernelAllows(name, offset, isWrite, opcode);
            if (ours != theirs && !IsKnown(name, field, offset, size, isWrite, ours))
            {
                differences.Add($"{(isWrite ? "write" : "read")} of {size} bytes at {offset} ({field?.Name}): the layout {(ours ? "allows" : "refuses")} it");
            }
        }
    }

    /// <summary>Fields that the kernel wants whole, and the cells, which it takes for one array of bytes.</summary>
    private static bool IsKnown(string type, ContextField? field, int offset, int size, bool isWrite, bool ours)
    {
        bool isCell = offset >= 48 && offset + size <= 68 && type != "xdp";
        bool isWhole = type == "xdp" || field?.Name is "tstamp" or "hwtstamp" || field?.Name.Split('[')[0] is "remote_ip4" or "local_ip4" or "remote_ip6" or "local_ip6";
        return ours ? !isWrite && isWhole && size < field!.Size : isCell;
    }

    private static bool KernelAllows(string type, int offset, bool isWrite, byte opcode)
    {
        ulong access = opcode | (isWrite ? 0x0_1_00ul : 0x1_0_00ul) | ((ulong)offset << 16);
        ImmutableArray<ulong> slots = isWrite ? [.. PacketRun.Assemble("r0 = 0"), access, .. PacketRun.Assemble("exit")] : [access, .. PacketRun.Assemble("r0 = 0\nexit")];
        KernelLoadResult result = KernelProgram.TryLoad(slots.AsSpan(), PacketRun.NumberOf(type));
        result.Program?.Dispose();
        return result.IsAccepted;
    }

    [Theory]
    [InlineData("xdp", "xdp", true)]
    [InlineData("sched_cls", "tc/ingress", true)]
    [InlineData("sched_act", "action", true)]
    [InlineData("cgroup_skb", "cgroup_skb/ingress", false)]
    public void Packets_are_written_where_the_layout_says_so(string name, string section, bool writable)
    {
        PacketRun.SkipWithoutKernel();
        Assert.Equal(name, PacketRun.Registry.ResolveSection(section)!.Type.Provider.Descriptor.Name);
        ContextField data = PacketRun.Registry.FindProgramType(name)!.Provider.Descriptor.Context.Fields.Single(field => field.Kind == ContextFieldKind.PacketStart);
        ContextField end = PacketRun.Registry.FindProgramType(name)!.Provider.Descriptor.Context.Fields.Single(field => field.Kind == ContextFieldKind.PacketEnd);
        Assert.Equal(writable ? MemoryAccess.ReadWrite : MemoryAccess.Read, data.TargetAccess);
        string text = $"""
            r2 = *(u32 *)(r1 +{data.Offset})
            r3 = *(u32 *)(r1 +{end.Offset})
            r0 = 0
            r4 = r2
            r4 += 14
            if r4 > r3 goto out
            *(u8 *)(r2 +0) = 1
            out:
            exit
            """;
        KernelLoadResult result = KernelProgram.TryLoad(PacketRun.Assemble(text), PacketRun.NumberOf(name));
        result.Program?.Dispose();
        Assert.Equal(writable, result.IsAccepted);
    }

    [Theory]
    [InlineData("xdp.frags", "xdp")]
    [InlineData("xdp/devmap", "xdp")]
    [InlineData("tcx/egress", "sched_cls")]
    [InlineData("classifier", "sched_cls")]
    [InlineData("socket", "socket_filter")]
    [InlineData("cgroup/skb", "cgroup_skb")]
    public void Sections_mean_a_type(string section, string type)
        => Assert.Equal(type, PacketRun.Registry.ResolveSection(section)!.Type.Provider.Descriptor.Name);

    [Theory]
    [MemberData(nameof(Types))]
    public void Names_are_the_kernels(string name)
        => Assert.Equal(name, Kernel.KernelNames.Find(PacketRun.Registry.FindProgramType(name)!.Provider.Descriptor.Number!.Value));
}
