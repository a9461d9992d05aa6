using System.Collections.Immutable;

namespace Skep.Findings;

/// <summary>Thrown only by <see cref="Result{T}.GetOrThrow"/>, for callers that prefer exceptions to results.</summary>
public sealed class FindingsException(ImmutableArray<Finding> findings)
    : Exception(string.Join(Environment.NewLine, findings.Where(finding => finding.IsError)))
{
    public ImmutableArray<Finding> Findings { get; } = findings;
}
