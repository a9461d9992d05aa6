using System.Collections.Immutable;

namespace Skep.Findings;

/// <summary>Gathers findings along a phase and turns them into a result; keeps at most <paramref name="limit"/>, and counts the rest. Not thread-safe.</summary>
public sealed class FindingCollector(int limit = 100)
{
    private readonly List<Finding> _findings = [];

    public bool HasErrors { get; private set; }

    /// <summary>How many findings were left out after the limit.</summary>
    public int LeftOut { get; private set; }

    public void Add(Finding finding)
    {
        HasErrors |= finding.IsError;
        if (_findings.Count < limit || (finding.IsError && !_findings.Exists(kept => kept.IsError)))
        {
            _findings.Add(finding);
        }
        else
        {
            LeftOut++;
        }
    }

    public void AddRange(IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            Add(finding);
        }
    }

    public ImmutableArray<Finding> ToImmutable() => [.. _findings];

    /// <summary>The value when no error was found, and the findings either way.</summary>
    public Result<T> ToResult<T>(T? value)
        where T : class
        => HasErrors || value is null ? Result<T>.Failure(_findings) : Result<T>.Success(value, _findings);
}
