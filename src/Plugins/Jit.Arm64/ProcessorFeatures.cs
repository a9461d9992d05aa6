using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using Skep.Contracts;

namespace Skep.Jit.Arm64;

/// <summary>Instructions beyond the architecture's base that code may use. Name for <see cref="JitOptions.Features"/>: <c>lse</c>.</summary>
internal readonly record struct ProcessorFeatures(bool HasAtomics)
{
    internal const string AtomicsName = "lse";

    /// <summary>Those of this machine; none where it is another architecture.</summary>
    internal static ProcessorFeatures OfThisMachine { get; } = Detect();

    internal static ProcessorFeatures From(JitOptions options)
        => options.Features is { } names ? new(names.Contains(AtomicsName)) : OfThisMachine;

    private static ProcessorFeatures Detect()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
        {
            return default;
        }

        // .NET has no class for FEAT_LSE. Dot products came with Armv8.2, which has it; on Linux the kernel says it itself.
        return new(OperatingSystem.IsMacOS() || Dp.IsSupported || (OperatingSystem.IsLinux() && HasLinuxAtomics()));
    }

    /// <summary>Bit 8 (HWCAP_ATOMICS) of the auxiliary vector's AT_HWCAP: pairs of 8-byte words that the kernel gives to every process.</summary>
    private static bool HasLinuxAtomics()
    {
        const ulong hardwareCapabilities = 16;
        const int atomics = 8;
        try
        {
            ReadOnlySpan<byte> vector = File.ReadAllBytes("/proc/self/auxv");
            for (; vector.Length >= 16; vector = vector[16..])
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(vector) == hardwareCapabilities)
                {
                    return (BinaryPrimitives.ReadUInt64LittleEndian(vector[8..]) >> atomics & 1) != 0;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc the base is what is sure.
        }

        return false;
    }
}
