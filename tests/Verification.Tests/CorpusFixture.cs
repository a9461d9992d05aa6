using System.Collections.Concurrent;
using System.Collections.Immutable;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.Verification.Tests.Corpus;

namespace Skep.Verification.Tests;

/// <summary>The corpus and its verdicts, each found out once however many tests ask. Thread-safe.</summary>
internal static class CorpusFixture
{
    private static readonly Lazy<ImmutableArray<CorpusEntry>> Read = new(ReadAll);
    private static readonly Lazy<ImmutableDictionary<string, CorpusEntry>> ById = new(() => Entries.ToImmutableDictionary(entry => entry.Id));
    private static readonly Lazy<KernelSide> Kernel = new(() => new KernelSide());
    private static readonly ConcurrentDictionary<string, Result<VerifiedProgram>> SkepVerdicts = [];
    private static readonly ConcurrentDictionary<string, KernelLoadResult> KernelVerdicts = [];

    /// <summary>In the order of the files and their lines.</summary>
    internal static ImmutableArray<CorpusEntry> Entries => Read.Value;

    private static string Folder => Environment.GetEnvironmentVariable("SKEP_CORPUS") ?? Path.Combine(AppContext.BaseDirectory, "Corpus");

    internal static CorpusEntry Find(string id) => ById.Value[id];

    internal static Result<VerifiedProgram> AskSkep(CorpusEntry entry) => SkepVerdicts.GetOrAdd(entry.Id, _ => SkepSide.Verify(entry));

    /// <summary>With the complaint alone in the log: that of a program whose every path is walked has hundreds of megabytes.</summary>
    internal static KernelLoadResult AskKernel(CorpusEntry entry) =>
        KernelVerdicts.GetOrAdd(entry.Id, _ => Kernel.Value.Verify(entry, KernelLogLevel.Stats));

    internal static KernelLoadResult AskKernelAtLength(CorpusEntry entry) => Kernel.Value.Verify(entry, KernelLogLevel.Level2 | KernelLogLevel.Stats);

    private static ImmutableArray<CorpusEntry> ReadAll() =>
    [
        .. Directory.EnumerateFiles(Folder, "*.corpus").Order(StringComparer.Ordinal)
            .SelectMany(file => CorpusReader.Read(Path.GetFileName(file), File.ReadAllText(file))),
    ];
}
