using System.Diagnostics;
using System.Globalization;
using Skep.Hosting;
using Skep.Loading;
using Skep.Maps;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;

namespace Skep.Benchmarks;

/// <summary>What it takes from a file's bytes to a program that can run, beside what clang took to make the file.</summary>
internal static class LoadingSuite
{
    public static readonly Suite Suite = new("loading", "an object of ten thousand instructions: open, link, verify, lower", Run);

    private const string Source = "tests/Loading.Tests/Sources/large.bpf.c";

    private static void Run(Harness harness, TextWriter output)
    {
        if (Compile(out double compileMilliseconds) is not { } image)
        {
            output.WriteLine("loading: not here (needs clang-14 to clang-19 in PATH, and the repository as current folder)");
            return;
        }

        using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<ArrayMapsPlugin>().AddPlugin<RawProgramsPlugin>());
        SkepRuntime runtime = host.Runtime;
        var options = new LoadOptions { DefaultProgramType = "raw" };
        ObjectSpec spec = Open(image);
        int instructions = spec.Programs.Sum(program => program.Instructions.Length);
        Measurement open = harness.Measure(() => Open(image));
        Measurement load = harness.Measure(() => runtime.Load(spec, options).GetOrThrow().Dispose());
        Measurement both = harness.Measure(() => runtime.Load(Open(image), options).GetOrThrow().Dispose());
        output.WriteLine($"{image.Length} bytes, {instructions} instruction slots");
        output.WriteLine();
        Table.Write(output, ["step", "ms", "best", "ns an instruction"],
        [
            Row("open: ELF, BTF, maps, programs", open, instructions),
            Row("load: make maps, link, verify, lower, install", load, instructions),
            Row("both", both, instructions),
            ["clang -O2, once", compileMilliseconds.ToString("F0", CultureInfo.InvariantCulture), "", ""],
        ]);
    }

    private static ObjectSpec Open(byte[] image) => ObjectFile.Read(image, "large.bpf.o").GetOrThrow();

    private static string[] Row(string step, Measurement measured, int instructions) =>
    [
        step,
        (measured.Median / 1e6).ToString("F2", CultureInfo.InvariantCulture),
        (measured.Best / 1e6).ToString("F2", CultureInfo.InvariantCulture),
        (measured.Median / instructions).ToString("F0", CultureInfo.InvariantCulture),
    ];

    private static byte[]? Compile(out double milliseconds)
    {
        milliseconds = 0;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? clang = Enumerable.Range(14, 6).Select(version => $"clang-{version}").LastOrDefault(name => folders.Any(folder => File.Exists(Path.Combine(folder, name))));
        if (clang is null || !File.Exists(Source))
        {
            return null;
        }

        string path = Path.Combine(Path.GetTempPath(), $"skep-{Guid.NewGuid():n}.bpf.o");
        try
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = Process.Start(clang, ["-target", "bpf", "-g", "-O2", "-c", Source, "-o", path]);
            process.WaitForExit();
            milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return process.ExitCode == 0 ? File.ReadAllBytes(path) : null;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
