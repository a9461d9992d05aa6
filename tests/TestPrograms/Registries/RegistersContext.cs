using Skep.Contracts;

namespace Skep.TestPrograms.Registries;

/// <summary><c>struct pt_regs</c> of x86-64, alone (kprobe) and in <c>struct bpf_perf_event_data</c>.</summary>
internal static class RegistersContext
{
    /// <summary>21 registers, in bytes.</summary>
    internal const int Size = 21 * 8;

    internal static ContextLayout PerfEvent { get; } = new()
    {
        Size = Size + 16,
        TypeNames = ["bpf_perf_event_data"],
        Fields =
        [
            .. Enumerable.Range(0, 21).Select(number => new ContextField($"regs[{number}]", number * 8, 8)),
            new("sample_period", Size, 8),
            new("addr", Size + 8, 8),
        ],
    };
}
