using System.Runtime.InteropServices;

namespace Skep.Cli.Features;

/// <summary>What event sources and helpers use of Linux.</summary>
internal static unsafe partial class LinuxProbe
{
    private const string NotLinux = "this is not Linux";

    private static readonly string[] TracefsFolders = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>Where the kernel describes its tracepoints.</summary>
    public static Feature Tracefs()
    {
        const string name = "tracefs";
        if (!OperatingSystem.IsLinux())
        {
            return new Feature(name, Works: false, NotLinux);
        }

        foreach (string folder in TracefsFolders)
        {
            try
            {
                if (Directory.Exists(Path.Combine(folder, "events")) && Directory.EnumerateDirectories(Path.Combine(folder, "events")).Any())
                {
                    return new Feature(name, Works: true, folder);
                }
            }
            catch (UnauthorizedAccessException)
            {
                return new Feature(name, Works: false, $"{folder} may not be read", "Run as root.");
            }
            catch (IOException exception)
            {
                return new Feature(name, Works: false, exception.Message, "Run as root.");
            }
        }

        return Environment.IsPrivilegedProcess
            ? new Feature(name, Works: true, "not mounted; root can do without a mount")
            : new Feature(name, Works: false, "not mounted, or may not be read", "Run as root.");
    }

    /// <summary>perf_event_open(2), which delivers tracepoints.</summary>
    public static Feature PerfEvents()
    {
        const string name = "perf events";
        const string file = "/proc/sys/kernel/perf_event_paranoid";
        if (!OperatingSystem.IsLinux() || !File.Exists(file))
        {
            return new Feature(name, Works: false, OperatingSystem.IsLinux() ? "the kernel has none (CONFIG_PERF_EVENTS)" : NotLinux);
        }

        string level = File.ReadAllText(file).Trim();
        string detail = $"perf_event_paranoid is {level}";
        bool works = Environment.IsPrivilegedProcess || level.StartsWith('-');
        return new Feature(name, works, works ? detail : $"{detail}, and this is not root", works ? "" : "Run as root, or with CAP_PERFMON, or set kernel.perf_event_paranoid to -1.");
    }

    /// <summary>process_vm_readv(2), with which helpers read a process's memory.</summary>
    public static Feature ProcessMemory()
    {
        const string name = "reading process memory";
        if (!OperatingSystem.IsLinux())
        {
            return new Feature(name, Works: false, NotLinux);
        }

        ulong source = 42;
        ulong copy = 0;
        var local = new IoVector { Address = &copy, Length = sizeof(ulong) };
        var remote = new IoVector { Address = &source, Length = sizeof(ulong) };
        nint read = ReadProcessMemory(Environment.ProcessId, &local, 1, &remote, 1, 0);
        if (read != sizeof(ulong) || copy != source)
        {
            return new Feature(name, Works: false, $"process_vm_readv failed with error {Marshal.GetLastPInvokeError()}", "Allow the system call process_vm_readv in the sandbox.");
        }

        return new Feature(name, Works: true, Environment.IsPrivilegedProcess ? "process_vm_readv, of any process" : "process_vm_readv, of the user's own processes");
    }

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadProcessMemory(int processId, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    private struct IoVector
    {
        public void* Address;
        public nuint Length;
    }
}
