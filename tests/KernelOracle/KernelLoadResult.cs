using System.Diagnostics.CodeAnalysis;

namespace Skep.KernelOracle;

/// <summary>The verdict of the kernel's verifier.</summary>
/// <param name="Program">The loaded program, the caller's to dispose; null if it was refused.</param>
/// <param name="Error">
/// Why it was refused: mostly <see cref="Errno.EACCES"/> or <see cref="Errno.EINVAL"/> from the verifier, E2BIG for too
/// complex a program, EPERM for missing rights.
/// </param>
/// <param name="Log">The verifier's log; empty if none was asked for or the program never came as far as the verifier.</param>
/// <param name="Statistics">The counts at the log's end, for accepted and refused programs; null if there are none.</param>
public sealed record KernelLoadResult(
    KernelProgram? Program, Errno Error, string Log, KernelVerifierStatistics? Statistics)
{
    /// <summary>Whether the program was loaded; <see cref="Program"/> is then not null.</summary>
    [MemberNotNullWhen(true, nameof(Program))]
    public bool IsAccepted => Program is not null;

    /// <summary>The log's telling line: the last one above the counts. Empty where there is no log.</summary>
    public string Complaint => Log
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => !KernelVerifierStatistics.IsStatistics(line), "");

    /// <summary>The program, for those who cannot go on without it.</summary>
    /// <exception cref="InvalidOperationException">It was refused; the message has the error and the log.</exception>
    public KernelProgram RequireProgram() =>
        Program ?? throw new InvalidOperationException($"the kernel refused the program with {Error}:\n{Log}");
}
