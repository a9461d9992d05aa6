using System.Diagnostics;

namespace Skep.TestPrograms.Objects;

/// <summary>The C programs of the folder Programs, compiled in every variant that the machine has compilers for; once a process, into a temporary folder that goes with it.</summary>
internal static class RealPrograms
{
    private static readonly Lazy<(string[] Objects, string Problem)> Built = new(() => Build("*"));

    /// <summary>Paths of the objects; empty where there is no compiler.</summary>
    public static string[] Objects => Built.Value.Objects;

    /// <summary>Why there are none.</summary>
    public static string Problem => Built.Value.Problem;

    public static string[] Names { get; } = [.. Directory.GetFiles(Sources(), "*.bpf.c").Select(path => Path.GetFileName(path)[..^".bpf.c".Length]).Order(StringComparer.Ordinal)];

    /// <param name="variant">A shell pattern of CLANG.OPT.CPU; others are left out.</param>
    public static (string[] Objects, string Problem) Build(string variant)
    {
        if (!OperatingSystem.IsLinux() || !IsInPath("sh") || !(IsInPath("clang-14") || IsInPath("clang-19")))
        {
            return ([], "neither clang-14 nor clang-19 is in PATH");
        }

        string folder = Directory.CreateTempSubdirectory("skep-programs-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using Process process = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Sources(), "build.sh"), folder, "-v", variant]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? ([.. Directory.GetFiles(folder, "*.o").Order(StringComparer.Ordinal)], "")
            : throw new InvalidOperationException($"building the programs failed: {errors.Result}");
    }

    private static bool IsInPath(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    private static string Sources() => Repository.Programs;
}
