using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Skep.Execution.Native;

/// <summary>
/// <c>/tmp/perf-PID.map</c>, where <c>perf report</c> and other tools look for the names of code without a file: a line <c>START SIZE NAME</c> a function, numbers in
/// hexadecimal (tools/perf/Documentation/jit-interface.txt in Linux). The file stays when the process ends: reports are made later. It has no word for code that is gone: where programs come
/// and go, <see cref="JitDump"/> is right.
/// </summary>
/// <remarks>The .NET runtime writes to the same file when <c>DOTNET_PerfMapEnabled</c> is set, and not at its end: then use the jit dump instead.</remarks>
[SupportedOSPlatform("linux")]
internal sealed partial class PerfMap : CodeLog
{
    private const string DefaultFolder = "/tmp";
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;
    private const int OwnerReadsAndWrites = 0x180;

    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <exception cref="IOException">The file can't be made, or is a link.</exception>
    public PerfMap(string folder = DefaultFolder)
    {
        Path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"perf-{Environment.ProcessId}.map"));
        RemoveStale(Path);

        // Appending, since other runtimes of this process may write to it as well; no links, since others may write to the folder.
        int descriptor = OpenFile(Path, WriteOnly | Create | Append | CloseOnExec | NoFollow, OwnerReadsAndWrites);
        if (descriptor < 0)
        {
            throw new IOException($"The perf map {Path} can't be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }

        _file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    public string Path { get; }

    // The one flag that differs between processors.
    private static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public override void Add(nint address, ReadOnlySpan<byte> code, CodeSymbols symbols)
    {
        var lines = new StringBuilder();
        foreach (CodeSymbol symbol in symbols.Functions)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{address + symbol.Offset:x} {symbol.Length:x} {Printable(symbol.Name)}\n");
        }

        lock (_lock)
        {
            try
            {
                _file?.Write(Encoding.UTF8.GetBytes(lines.ToString()));
            }
            catch (IOException)
            {
                Close();
            }
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            Close();
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Process ids come again: what an earlier process wrote is not about this one.</summary>
    private static void RemoveStale(string path)
    {
        using var self = Process.GetCurrentProcess();
        if (File.Exists(path) && File.GetLastWriteTimeUtc(path) < self.StartTime.ToUniversalTime())
        {
            File.Delete(path);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags, int mode);
}
