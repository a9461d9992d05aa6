using System.Runtime.InteropServices;

namespace Skep.KernelOracle;

/// <summary>What goes with the instructions of a program that is loaded.</summary>
/// <param name="Type">What it is to be loaded as.</param>
public sealed record KernelProgramOptions(KernelProgramType Type)
{
    /// <summary>"GPL", or another to see GPL-only helpers refused.</summary>
    public string License { get; init; } = "GPL";

    /// <summary>What the verifier is to write; none is fastest.</summary>
    public KernelLogLevel LogLevel { get; init; } = KernelLogLevel.Level1 | KernelLogLevel.Stats;

    /// <summary><c>enum bpf_attach_type</c>, where the type asks for it.</summary>
    public uint ExpectedAttachType { get; init; }

    /// <summary>How strictly to verify.</summary>
    public KernelProgramFlags Flags { get; init; }

    /// <summary>What bpftool shows; at most 15 ASCII letters, digits, '_' and '.'.</summary>
    public string Name { get; init; } = "";

    /// <summary>The types that <see cref="Functions"/> and <see cref="Lines"/> refer to; without them both are not sent.</summary>
    public KernelBtf? Types { get; init; }

    /// <summary>By slot, one for each function of the program, or none: global functions and callbacks are known by it.</summary>
    public KernelFunctionInfo[] Functions { get; init; } = [];

    /// <summary>By slot, the first slot of each function among them, or none.</summary>
    public KernelLineInfo[] Lines { get; init; } = [];
}

/// <summary><c>struct bpf_func_info</c>: the function that begins at a slot.</summary>
/// <param name="Slot">Its first slot.</param>
/// <param name="Type">The number of its <c>BTF_KIND_FUNC</c>.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct KernelFunctionInfo(uint Slot, uint Type);

/// <summary><c>struct bpf_line_info</c>: the source line that a slot and those after it come from.</summary>
/// <param name="Slot">The first slot.</param>
/// <param name="FileName">Of the name in the BTF's strings, in bytes.</param>
/// <param name="Line">Of the text in the BTF's strings, in bytes.</param>
/// <param name="LineAndColumn">The line's number times 1024, and the column.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct KernelLineInfo(uint Slot, uint FileName, uint Line, uint LineAndColumn);
