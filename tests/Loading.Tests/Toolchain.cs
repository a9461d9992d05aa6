using System.Collections.Concurrent;
using System.Diagnostics;

namespace Skep.Loading.Tests;

/// <summary>A clang, an optimisation level and a processor version; compiles the sources of this project, each once.</summary>
public sealed record Toolchain(int Version, string Optimisation, string Processor)
{
    private static readonly ConcurrentDictionary<(Toolchain, string), byte[]> Compiled = [];

    public static IReadOnlyList<Toolchain> Found { get; } = Find();

    /// <summary>One row for each; a single null when there is no clang, so that the tests skip and say so.</summary>
    public static TheoryData<Toolchain?> All => Found.Count > 0 ? [.. Found] : [(Toolchain?)null];

    public static Toolchain? Newest => Found.Count > 0 ? Found[^1] : null;

    public static byte[] Compile(Toolchain? toolchain, string source, params string[] options)
    {
        Assert.SkipUnless(toolchain is not null, "no clang-14 to clang-19 in PATH");
        return Compiled.GetOrAdd((toolchain, source + string.Concat(options)), _ => toolchain.Run(source, options));
    }

    public override string ToString() => $"clang-{Version} {Optimisation} {Processor}";

    private static List<Toolchain> Find()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = new List<Toolchain>();
        for (int version = 14; version <= 19; version++)
        {
            if (!folders.Any(folder => File.Exists(Path.Combine(folder, $"clang-{version}"))))
            {
                continue;
            }

            string[] processors = version >= 18 ? ["v2", "v3", "v4"] : ["v2", "v3"];
            foreach (string processor in processors)
            {
                found.Add(new(version, "-O1", processor));
                found.Add(new(version, "-O2", processor));
            }
        }

        return found;
    }

    private byte[] Run(string source, string[] options)
    {
        string output = Path.Combine(Path.GetTempPath(), $"skep-{Guid.NewGuid():n}.bpf.o");
        try
        {
            var start = new ProcessStartInfo($"clang-{Version}") { RedirectStandardError = true, WorkingDirectory = Repository.Sources };
            foreach (string argument in (string[])["-target", "bpf", "-g", Optimisation, $"-mcpu={Processor}", .. options, "-c", source, "-o", output])
            {
                start.ArgumentList.Add(argument);
            }

            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{this}: {source}: {errors}");
            return File.ReadAllBytes(output);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
