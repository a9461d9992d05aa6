using System.Runtime.InteropServices;

namespace Skep.Execution.Native;

/// <summary>The instruction that stops whoever executes what is no code: a stale call ends in a signal at once instead of running what came after.</summary>
internal static class TrapCode
{
    /// <summary>int3 on x86-64, brk #0 on arm64 (its 4 bytes, little-endian); zeros elsewhere.</summary>
    public static ReadOnlySpan<byte> Pattern => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.X86 => [0xcc],
        Architecture.Arm64 => [0x00, 0x00, 0x20, 0xd4],
        _ => [0],
    };
}
