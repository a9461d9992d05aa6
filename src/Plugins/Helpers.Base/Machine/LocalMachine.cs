using System.Buffers.Text;
using System.Text;

namespace Skep.Helpers.Machine;

/// <summary>The system that this process runs on. On others than Linux tasks have a name, but no user or group.</summary>
internal sealed class LocalMachine : IMachine
{
    private const int MaxStatusBytes = 4096;
    private const int ClockBootTime = 7;

    private static readonly Lazy<int[]> Nodes = new(NodeTable.Read);

    public int ProcessId => Environment.ProcessId;

    public int ThreadId => OperatingSystem.IsLinux() ? LinuxCalls.GetThreadId() : Environment.CurrentManagedThreadId;

    public int Cpu => Thread.GetCurrentProcessorId();

    public long? BootNanoseconds
        => OperatingSystem.IsLinux() && LinuxCalls.GetTime(ClockBootTime, out LinuxCalls.TimeSpecification now) == 0
            ? (now.Seconds * 1_000_000_000L) + now.Nanoseconds
            : null;

    public int NodeOf(int cpu) => (uint)cpu < (uint)Nodes.Value.Length ? Nodes.Value[cpu] : 0;

    public TaskInfo? ReadTask(int processId, int threadId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return processId == Environment.ProcessId ? new TaskInfo(Encoding.UTF8.GetBytes(Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? ""), null, null) : null;
        }

        // A source that knows only the process leaves the thread 0; the process answers for its first thread.
        string folder = threadId == 0 ? $"/proc/{processId}" : $"/proc/{processId}/task/{threadId}";
        Span<byte> buffer = stackalloc byte[MaxStatusBytes];
        int length = Read(folder + "/comm", buffer);
        if (length < 0)
        {
            return null;
        }

        byte[] command = buffer[..length].TrimEnd((byte)'\n').ToArray();
        length = Read(folder + "/status", buffer);
        ReadOnlySpan<byte> status = buffer[..Math.Max(length, 0)];
        return new TaskInfo(command, FirstNumber(status, "\nUid:\t"u8), FirstNumber(status, "\nGid:\t"u8));
    }

    /// <summary>The real id: the first of real, effective, saved and file system (proc_pid_status(5)).</summary>
    private static uint? FirstNumber(ReadOnlySpan<byte> status, ReadOnlySpan<byte> label)
    {
        int at = status.IndexOf(label);
        return at >= 0 && Utf8Parser.TryParse(status[(at + label.Length)..], out uint id, out _) ? id : null;
    }

    /// <returns>Bytes read; negative when the file cannot be read.</returns>
    private static int Read(string path, Span<byte> buffer)
    {
        // A task that is gone is common, an exception for it would cost a hundred times the look.
        if (!File.Exists(path))
        {
            return -1;
        }

        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path);
            return RandomAccess.Read(handle, buffer, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
