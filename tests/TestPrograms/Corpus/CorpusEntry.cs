using System.Collections.Immutable;
using Skep.Verification;

namespace Skep.TestPrograms.Corpus;

/// <summary>Deviations from how a program is usually verified.</summary>
[Flags]
public enum CorpusFlags
{
    None = 0,

    /// <summary>Pointers must not leak and stack that nobody wrote must not be read: what Linux asks of those without CAP_PERFMON.</summary>
    Unprivileged = 1,

    /// <summary>Accesses must be aligned (<c>BPF_F_STRICT_ALIGNMENT</c>).</summary>
    Strict = 2,

    /// <summary>Loops that are not proved to end are counted at run time; Linux has no such thing, so it is not asked.</summary>
    Fuel = 4,
}

/// <summary>A finding as entries write it: <c>SKEP3207@5</c>, or <c>SKEP3002</c> wherever it is.</summary>
public readonly record struct ExpectedFinding(string Rule, int? Slot)
{
    public bool Matches(ExpectedFinding actual) => actual.Rule == Rule && (Slot is null || actual.Slot == Slot);

    public override string ToString() => Slot is { } slot ? $"{Rule}@{slot}" : Rule;
}

/// <summary>One program of the corpus with both verdicts.</summary>
public sealed record CorpusEntry
{
    /// <summary>The file's name without extension.</summary>
    public required string Family { get; init; }

    /// <summary>What the case is about, in words; unique in the corpus.</summary>
    public required string Name { get; init; }

    /// <summary>The file, and the line of its <c>===</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The program type in the kernel's words.</summary>
    public string Type { get; init; } = "socket_filter";

    public CorpusFlags Flags { get; init; }

    public string License { get; init; } = "GPL";

    /// <summary>The functions whose types are given; others are static and take and return numbers.</summary>
    public ImmutableArray<FunctionSignature> Functions { get; init; } = [];

    /// <summary>The first findings that Skep must give, in order; empty where it must accept.</summary>
    public required ImmutableArray<ExpectedFinding> Expected { get; init; }

    /// <summary>Whether the kernel must accept it.</summary>
    public required bool KernelAccepts { get; init; }

    /// <summary>Why the verdicts differ; empty where they do not.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The lines of the program, each with its number in the file.</summary>
    public required ImmutableArray<CorpusLine> Lines { get; init; }

    public string Id => $"{Family}/{Name}";

    public bool SkepAccepts => Expected.IsEmpty;

    /// <summary>What the flags ask for.</summary>
    internal VerificationPolicy Policy => new()
    {
        AllowPointerLeaks = !Flags.HasFlag(CorpusFlags.Unprivileged),
        AllowUninitializedStack = !Flags.HasFlag(CorpusFlags.Unprivileged),
        Loops = Flags.HasFlag(CorpusFlags.Fuel) ? LoopPolicy.Fuel : LoopPolicy.Refuse,
    };
}

/// <param name="Number">In the file, from 1.</param>
public readonly record struct CorpusLine(int Number, string Text);
