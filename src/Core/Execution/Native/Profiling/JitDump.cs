using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Execution.Native;

/// <summary>
/// <c>jit-PID.dump</c>, with code and source lines, from which <c>perf inject --jit</c> makes an object file for each function, so that reports show names and annotations show C
/// lines (tools/perf/Documentation/jitdump-specification.txt in Linux). Record with <c>perf record -k mono</c>. The file stays when the process ends.
/// </summary>
/// <remarks>
/// perf learns of the file by seeing it mapped executable, so its first page is: readable and executable, private, never writable. It is executed by nobody.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class JitDump : CodeLog
{
    private const int MaxAttempts = 100;

    private readonly Lock _lock = new();
    private FileStream? _file;
    private nint _mark;
    private ulong _index;

    /// <param name="folder">Where the file is made. When it has one of that name already (the .NET runtime's own, another runtime's), in a folder <c>skep-PID-N</c> inside.</param>
    /// <exception cref="IOException">The file can't be made, or the file system forbids to map it executable.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can't be made.</exception>
    public JitDump(string folder)
    {
        _file = Create(folder);
        try
        {
            _file.Write(JitDumpRecord.Header(Now()).WrittenSpan);
            int protection = PosixCalls.ProtectionRead | PosixCalls.ProtectionExecute;
            _mark = PosixCalls.Map(0, (nuint)Environment.SystemPageSize, protection, PosixCalls.MapPrivate, _file.SafeFileHandle, 0);
            if (_mark == -1)
            {
                throw new IOException($"The jit dump {_file.Name} can't be mapped executable, by which perf finds it: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            }
        }
        catch
        {
            _file.Dispose();
            File.Delete(_file.Name);
            throw;
        }

        Path = _file.Name;
    }

    public string Path { get; }

    public override void Add(nint address, ReadOnlySpan<byte> code, CodeSymbols symbols)
    {
        lock (_lock)
        {
            foreach (CodeSymbol symbol in symbols.Functions)
            {
                ReadOnlySpan<CodeSource> lines = symbols.LinesOf(symbol);
                if (!lines.IsEmpty)
                {
                    Write(JitDumpRecord.Lines(Now(), address, symbol, lines));
                }

                Write(JitDumpRecord.Load(Now(), address + symbol.Offset, code.Slice(symbol.Offset, symbol.Length), ++_index, Printable(symbol.Name)));
            }
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            if (_mark != 0)
            {
                Write(JitDumpRecord.Close(Now()));
                Close();
                _ = PosixCalls.Unmap(_mark, (nuint)Environment.SystemPageSize);
                _mark = 0;
            }
        }
    }

    private static FileStream Create(string folder)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"jit-{Environment.ProcessId}.dump");
        var options = new FileStreamOptions
        {
            // Never opens what is there, nor follows a link.
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name));
        for (int attempt = 1; File.Exists(path) && attempt <= MaxAttempts; attempt++)
        {
            string inside = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"skep-{Environment.ProcessId}-{attempt}"));
            Directory.CreateDirectory(inside);
            path = System.IO.Path.GetFullPath(System.IO.Path.Combine(inside, name));
        }

        return new FileStream(path, options);
    }

    /// <summary>CLOCK_MONOTONIC in nanoseconds, as perf's <c>-k mono</c> has it: the clock behind <see cref="Stopwatch"/> on Linux.</summary>
    private static ulong Now() => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    private void Write(ArrayBufferWriter<byte> record)
    {
        try
        {
            _file?.Write(record.WrittenSpan);
        }
        catch (IOException)
        {
            Close();
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
