using Skep.Runtime;

namespace Skep.Execution.Native;

/// <summary>A file in which profilers look up what lies at an address. Thread-safe. A failure to write ends the file early; it does no harm to the programs.</summary>
internal abstract class CodeLog : IDisposable
{
    /// <summary>The logs that a host asked for; none where there is no perf.</summary>
    /// <exception cref="IOException">A file can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">A file can't be made.</exception>
    public static IReadOnlyList<CodeLog> Open(CodeArenaOptions options)
    {
        var logs = new List<CodeLog>();
        if (OperatingSystem.IsLinux() && options.PerfMap)
        {
            logs.Add(new PerfMap());
        }

        if (OperatingSystem.IsLinux() && options.JitDump)
        {
            logs.Add(new JitDump(options.JitDumpFolder));
        }

        return logs;
    }

    /// <param name="address">Of the first byte of <paramref name="code"/>.</param>
    public abstract void Add(nint address, ReadOnlySpan<byte> code, CodeSymbols symbols);

    public abstract void Dispose();

    /// <summary>A name that can stand in a line of text: names come from objects, which may be hostile.</summary>
    protected static string Printable(string name) => string.Concat(name.Select(character => char.IsControl(character) ? '?' : character));
}
