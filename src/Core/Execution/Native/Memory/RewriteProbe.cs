using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Skep.Execution.Native;

/// <summary>
/// Whether code that replaces other code at its address is what runs then. On a processor it is. Emulators keep translations of what ran, and some (qemu-user before 8.1, in which
/// containers for another processor run) learn of writes through the process's own mappings only, not of writes to a file that is mapped.
/// </summary>
internal static unsafe class RewriteProbe
{
    private const int BlockBytes = 64;
    private const int Before = 1;
    private const int After = 2;

    /// <exception cref="CodeMemoryException">The system gives no such memory.</exception>
    public static bool Succeeds(IExecutableMemory memory)
    {
        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return true;
        }

        using var cache = InstructionCache.Create(memory);
        ExecutableRange range = memory.Reserve(Environment.SystemPageSize, Return(Before), 0);
        try
        {
            var code = (delegate* unmanaged<int>)range.Address;
            if (code() != Before)
            {
                return false;
            }

            byte[] block = new byte[memory.Granularity];
            FillPattern.Fill(block, Return(After));
            memory.Write(range, 0, block);
            cache.Publish(range.Address, block.Length);
            return code() == After;
        }
        finally
        {
            memory.Release(range);
        }
    }

    /// <summary>A function that returns a small number.</summary>
    private static byte[] Return(int value)
    {
        byte[] code = new byte[BlockBytes];
        FillPattern.Fill(code, TrapCode.Pattern);
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(code, 0x52800000 | ((uint)value << 5)); // mov w0, #value
            BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(sizeof(uint)), 0xd65f03c0); // ret
        }
        else
        {
            code[0] = 0xb8; // mov eax, value
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(1), value);
            code[5] = 0xc3; // ret
        }

        return code;
    }
}
