namespace Skep.Execution.Native;

/// <summary>
/// macOS, and Linux where executable files in memory are refused: a program's pages are its own, writable while they are written and executable afterwards.
/// </summary>
internal sealed unsafe class FlippedMemory : IExecutableMemory
{
    private const int Writable = PosixCalls.ProtectionRead | PosixCalls.ProtectionWrite;
    private const int Executable = PosixCalls.ProtectionRead | PosixCalls.ProtectionExecute;

    private static readonly int Page = Environment.SystemPageSize;

    public string Name => "protection flips";

    public int Granularity => Page;

    public ExecutableRange Reserve(int length, ReadOnlySpan<byte> fill, nint hint)
    {
        long whole = (long)length + 2 * Page;
        nint reserved = PosixCalls.ReserveAddresses(whole, hint);
        try
        {
            nint address = reserved + Page;
            PosixCalls.Protect(address, length, Writable);
            FillPattern.Fill(new Span<byte>((void*)address, length), fill);
            PosixCalls.Protect(address, length, Executable);
            return new ExecutableRange(address, length);
        }
        catch
        {
            _ = PosixCalls.Unmap(reserved, (nuint)whole);
            throw;
        }
    }

    public void Write(ExecutableRange range, int offset, ReadOnlySpan<byte> bytes)
    {
        nint address = range.Address + offset;
        PosixCalls.Protect(address, bytes.Length, Writable);
        bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));
        PosixCalls.Protect(address, bytes.Length, Executable);
    }

    public void Release(ExecutableRange range) => _ = PosixCalls.Unmap(range.Address - Page, (nuint)((long)range.Length + 2 * Page));
}
