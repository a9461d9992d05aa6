using System.Runtime.InteropServices;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Skep.KernelOracle;

internal enum BpfCommand
{
    MapCreate = 0,
    MapLookupElem = 1,
    MapUpdateElem = 2,
    MapDeleteElem = 3,
    MapGetNextKey = 4,
    ProgLoad = 5,
    ProgTestRun = 10,
    ObjGetInfoByFd = 15,
    BtfLoad = 18,
    MapLookupAndDeleteElem = 21,
    MapFreeze = 22,
}

/// <summary>bpf(2), which the C library has no wrapper for.</summary>
internal static unsafe partial class BpfSystemCall
{
    // The .NET runtime suspends threads by signals. The kernel gives up verifying (EAGAIN) or repeating (EINTR) when one is
    // pending, so that must not be seen as its verdict.
    private const int AttemptsIfInterrupted = 100;

    /// <summary>The call's number, or -1 where it is not known.</summary>
    public static int Number { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 280,
        _ => -1,
    };

    /// <summary>Calls with <paramref name="attributes"/>, which the kernel may write answers into.</summary>
    /// <returns>The call's result, 0 or a new file descriptor; undefined unless <paramref name="error"/> is none.</returns>
    public static int Call<TAttributes>(BpfCommand command, ref TAttributes attributes, out Errno error)
        where TAttributes : unmanaged
    {
        for (int attempt = 1; ; attempt++)
        {
            int result;
            fixed (TAttributes* pointer = &attributes)
            {
                result = (int)Syscall(Number, (int)command, pointer, (uint)sizeof(TAttributes));
            }

            error = result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            if (error is not (Errno.EAGAIN or Errno.EINTR) || attempt == AttemptsIfInterrupted)
            {
                return result;
            }
        }
    }

    /// <summary>Reads the start of the object's info, as much as <typeparamref name="TInfo"/> and the kernel both have.</summary>
    public static Errno GetInfo<TInfo>(SafeFileHandle handle, ref TInfo info)
        where TInfo : unmanaged
    {
        fixed (TInfo* pointer = &info)
        {
            using var use = new HandleUse(handle);
            var attributes = new ObjectInfoAttributes
            {
                Fd = (uint)use.Fd,
                InfoSize = (uint)sizeof(TInfo),
                Info = (ulong)pointer,
            };
            Call(BpfCommand.ObjGetInfoByFd, ref attributes, out Errno error);
            return error;
        }
    }

    /// <summary>An object's name as the kernel keeps it: at most 15 characters of letters, digits, '_' and '.'.</summary>
    public static ObjectName EncodeName(string name)
    {
        var encoded = default(ObjectName);
        if (name.Length > 15)
        {
            throw new ArgumentException($"the name '{name}' has {name.Length} characters; the kernel keeps at most 15", nameof(name));
        }

        Encoding.ASCII.GetBytes(name, encoded);
        return encoded;
    }

    public static string DecodeName(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? name : name[..end]);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint command, void* attributes, nuint size);
}
