using System.Collections.Concurrent;
using System.Diagnostics;

namespace Skep.Benchmarks.Engines;

/// <summary>Builds the C programs of benchmarks/Programs at benchmark time: an object each for eBPF, and one library of all for this machine.</summary>
internal static class Compiler
{
    private const string Clang = "clang-14";
    private const string Suffix = ".bpf.c";
    private static readonly string[] Libraries = ["timing.c", "maps_native.c"];

    // What an eBPF program and a native one are each compiled with everywhere else: the processor's base, no flags of our own.
    private static readonly string[] ForBpf = ["-target", "bpf", "-O2", "-mcpu=v3", "-g"];
    private static readonly string[] ForThisMachine = ["-O2", "-shared", "-fPIC", "-fvisibility=hidden"];
    private static readonly string[] Warnings = ["-Wall", "-Werror"];

    /// <returns>Null, and why, where there is no compiler or it does not take a program.</returns>
    public static BuiltPrograms? Build(out string problem)
    {
        string sources = Path.Combine("benchmarks", "Programs");
        problem = "";
        if (!Directory.Exists(sources))
        {
            problem = "start it in the repository's folder";
        }
        else if (!IsInPath(Clang))
        {
            problem = $"it needs {Clang} in PATH, which compiles its programs";
        }

        if (problem.Length > 0)
        {
            return null;
        }

        string folder = Directory.CreateTempSubdirectory("skep-benchmarks-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string[] programs = [.. Directory.GetFiles(sources, "*" + Suffix).Order(StringComparer.Ordinal)];
        string library = Path.Combine(folder, "native.so");
        var errors = new ConcurrentBag<string>();
        Parallel.ForEach(programs.Prepend(library), program => Run(errors, program == library
            ? [.. Warnings, .. ForThisMachine, .. programs, .. Libraries.Select(name => Path.Combine(sources, name)), "-o", library]
            : [.. Warnings, .. ForBpf, "-c", program, "-o", ObjectPath(folder, NameOf(program))]));
        problem = string.Join('\n', errors);
        return errors.IsEmpty ? new BuiltPrograms(library, programs.Select(NameOf).ToDictionary(name => name, name => ObjectPath(folder, name))) : null;
    }

    private static string NameOf(string program) => Path.GetFileName(program)[..^Suffix.Length];

    private static string ObjectPath(string folder, string name) => Path.Combine(folder, name + ".bpf.o");

    private static void Run(ConcurrentBag<string> problems, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Clang, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            problems.Add(errors);
        }
    }

    private static bool IsInPath(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}

/// <param name="Library">The path of the shared library with all programs.</param>
/// <param name="Objects">The path of each program's object, by name.</param>
internal sealed record BuiltPrograms(string Library, IReadOnlyDictionary<string, string> Objects);
