using System.Runtime.InteropServices;

namespace Skep.Cli.Disassembly;

/// <summary>Which disassembler reads which processor's code.</summary>
internal static class Disassemblers
{
    /// <param name="architecture">Null when the back end did not say.</param>
    public static IDisassembler For(Architecture? architecture) => architecture switch
    {
        Architecture.X64 => new X64Disassembler(),
        Architecture.Arm64 => new Arm64Disassembler(),
        Architecture.RiscV64 or Architecture.LoongArch64 or Architecture.Ppc64le or Architecture.Arm => new WordDisassembler(".inst"),
        _ => new ByteDisassembler(),
    };
}
