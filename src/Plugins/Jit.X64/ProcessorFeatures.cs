using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Skep.Contracts;

namespace Skep.Jit.X64;

/// <summary>Instructions beyond the architecture's base that code may use. Names for <see cref="JitOptions.Features"/>: <c>bmi2</c>, <c>movbe</c>, <c>rdpid</c>.</summary>
internal readonly record struct ProcessorFeatures(bool HasBmi2, bool HasMovbe, bool TellsProcessor)
{
    internal const string Bmi2Name = "bmi2";
    internal const string MovbeName = "movbe";
    internal const string RdpidName = "rdpid";

    /// <summary>The processor's number in what RDPID reads; above it is the memory node's (Linux: VDSO_CPUNODE_MASK).</summary>
    internal const int ProcessorMask = 0xfff;

    private const int MovbeBit = 22;
    private const int RdpidLeaf = 7;
    private const int RdpidBit = 22;

    /// <summary>Those of this machine; none where it is another architecture.</summary>
    internal static ProcessorFeatures OfThisMachine { get; } = Detect();

    internal static ProcessorFeatures From(JitOptions options)
        => options.Features is { } names ? new(names.Contains(Bmi2Name), names.Contains(MovbeName), names.Contains(RdpidName)) : OfThisMachine;

    private static ProcessorFeatures Detect()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !X86Base.IsSupported)
        {
            return default;
        }

        // .NET has no class for MOVBE and RDPID; the processor says it in leaves 1 and 7, ECX. What RDPID reads is the system's: Linux has the processor's number in it.
        return new(
            Bmi2.X64.IsSupported,
            (X86Base.CpuId(1, 0).Ecx >> MovbeBit & 1) != 0,
            OperatingSystem.IsLinux() && X86Base.CpuId(0, 0).Eax >= RdpidLeaf && (X86Base.CpuId(RdpidLeaf, 0).Ecx >> RdpidBit & 1) != 0);
    }
}
