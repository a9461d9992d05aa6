namespace Skep.Runtime;

/// <summary>How a runtime installs machine code; immutable. By default nothing is written anywhere, and code is packed where it fits.</summary>
public sealed record CodeArenaOptions
{
    public static readonly CodeArenaOptions Default = new();

    /// <summary>
    /// Code lies where nobody can foretell it: regions at random addresses, programs at random places in them. For hosts that run hostile programs; costs memory, since gaps are left.
    /// </summary>
    public bool Randomise { get; init; }

    /// <summary>
    /// Names of functions are appended to <c>/tmp/perf-PID.map</c>, where <c>perf</c> and other tools find them. Linux only; elsewhere nothing is written. The file
    /// remains. Each program then takes pages of its own, in memory that <c>perf</c> looks up there. Not together with <c>DOTNET_PerfMapEnabled</c>, with which the .NET
    /// runtime writes to the same file.
    /// </summary>
    public bool PerfMap { get; init; }

    /// <summary>
    /// Code, names and C lines are written to <c>jit-PID.dump</c>, for <c>perf record -k mono</c> and <c>perf inject --jit</c>. Linux only; elsewhere nothing is written. The file
    /// remains.
    /// </summary>
    public bool JitDump { get; init; }

    /// <summary>
    /// Where the jit dump is made; its file system must allow to execute files. When there is a file of that name already, such as the .NET runtime's own, in a folder
    /// <c>skep-PID-N</c> inside.
    /// </summary>
    public string JitDumpFolder { get; init; } = "/tmp";
}
