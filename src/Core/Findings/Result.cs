using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Skep.Findings;

/// <summary>
/// What an action on outside input gives: a value, or the errors that prevented it, and warnings either way. A failed
/// result means that nothing was left behind.
/// </summary>
public sealed class Result<T>
    where T : class
{
    private Result(T? value, ImmutableArray<Finding> findings)
    {
        Value = value;
        Findings = findings;
    }

    /// <summary>The value, exactly when there is no error.</summary>
    public T? Value { get; }

    /// <summary>Errors and warnings in the order in which they were found.</summary>
    public ImmutableArray<Finding> Findings { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsSuccess => Value is not null;

    public static Result<T> Success(T value, IEnumerable<Finding>? warnings = null)
        => new(value, warnings?.ToImmutableArray() ?? []);

    /// <param name="findings">At least one error among them.</param>
    public static Result<T> Failure(IEnumerable<Finding> findings)
    {
        ImmutableArray<Finding> all = [.. findings];
        return all.Any(finding => finding.IsError)
            ? new(null, all)
            : throw new ArgumentException("A failed result needs at least one error.", nameof(findings));
    }

    public static Result<T> Failure(Finding finding) => Failure([finding]);

    /// <summary>The value, or a <see cref="FindingsException"/> that carries every finding.</summary>
    public T GetOrThrow() => Value ?? throw new FindingsException(Findings);
}
