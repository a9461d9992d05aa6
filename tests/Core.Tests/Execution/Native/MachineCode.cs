using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Native;
using Skep.Programs;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>Functions assembled by hand, for the processor that runs the tests.</summary>
internal static unsafe class MachineCode
{
    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Returns a number below 32768.</summary>
    public static byte[] Return(ushort value) => IsArm64
        ? Words(0xd2800000 | ((uint)value << 5), 0xd65f03c0) // mov x0, #value; ret
        : [0xb8, (byte)value, (byte)(value >> 8), 0, 0, 0xc3]; // mov eax, value; ret

    /// <summary>Loads 8 bytes that a relocation fills, and returns them.</summary>
    public static (byte[] Code, int Hole) ReturnHole() => IsArm64
        ? ([.. Words(0x58000040, 0xd65f03c0), .. new byte[8]], 8) // ldr x0, +8; ret
        : ([0x48, 0xb8, .. new byte[8], 0xc3], 2); // mov rax, imm64; ret

    /// <summary>Jumps to the function whose address is in the cell that a relocation names.</summary>
    public static (byte[] Code, int Hole) JumpThroughCell() => IsArm64
        ? ([.. Words(0x58000090, 0xf9400210, 0xd61f0200, 0xd503201f), .. new byte[8]], 16) // ldr x16, +16; ldr x16, [x16]; br x16; nop
        : ([0x48, 0xb8, .. new byte[8], 0xff, 0x20], 2); // mov rax, imm64; jmp [rax]

    public static NativeImage Image(byte[] code, params CodeRelocation[] relocations)
        => new([.. code], [.. relocations], [], [new CodeEntry(new SlotIndex(0), 0)]);

    /// <summary>Code that returns a number, followed by traps up to a length.</summary>
    public static NativeImage Image(ushort value, int length)
    {
        byte[] code = new byte[length];
        TrapCode.Pattern.CopyTo(code);
        Return(value).CopyTo(code, 0);
        return Image(code);
    }

    public static NativeImage WithEntries(NativeImage image, params CodeEntry[] entries) => image with { Entries = ImmutableArray.Create(entries) };

    public static ulong Call(nint entry) => ((delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)entry)(null, 0, 0, 0, 0, 0);

    private static byte[] Words(params uint[] words) => MemoryMarshal.AsBytes<uint>(words).ToArray();
}
