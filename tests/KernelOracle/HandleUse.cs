using Microsoft.Win32.SafeHandles;

namespace Skep.KernelOracle;

/// <summary>Keeps a file descriptor open while its number is in a system call, even if another thread disposes it.</summary>
internal readonly ref struct HandleUse
{
    private readonly SafeFileHandle _handle;

    public HandleUse(SafeFileHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    public int Fd => (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
