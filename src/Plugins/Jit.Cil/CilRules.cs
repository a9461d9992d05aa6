using Skep.Findings;

namespace Skep.Jit.Cil;

/// <summary>Findings of the CIL back end.</summary>
public static class CilRules
{
    public static readonly Rule NoDynamicCode = new(
        "SKEP7111",
        "a process that cannot compile CIL",
        "Use a native back end or the interpreter, or run the host on the .NET runtime instead of compiling it ahead of time.");
}
