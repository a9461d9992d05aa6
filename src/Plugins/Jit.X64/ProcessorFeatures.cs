using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Skep.Contracts;

namespace Skep.Jit.X64;

/// <summary>Instructions beyond the architecture's base that code may use. Names for <see cref="JitOptions.Features"/>: <c>bmi2</c>, <c>movbe</c>.</summary>
internal readonly record struct ProcessorFeatures(bool HasBmi2, bool HasMovbe)
{
    internal const string Bmi2Name = "bmi2";
    internal const string MovbeName = "movbe";
    private const int MovbeBit = 22;

    /// <summary>Those of this machine; none where it is another architecture.</summary>
    internal static ProcessorFeatures OfThisMachine { get; } = Detect();

    internal static ProcessorFeatures From(JitOptions options)
        => options.Features is { } names ? new(names.Contains(Bmi2Name), names.Contains(MovbeName)) : OfThisMachine;

    private static ProcessorFeatures Detect()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !X86Base.IsSupported)
        {
            return default;
        }

        // .NET has no class for MOVBE; the processor says it in leaf 1, ECX.
        return new(Bmi2.X64.IsSupported, (X86Base.CpuId(1, 0).Ecx >> MovbeBit & 1) != 0);
    }
}
