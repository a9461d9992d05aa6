using System.Globalization;
using Skep.Findings;

namespace Skep.Loading;

/// <summary>What every step of reading one object shares: its name, the limits, and the findings so far.</summary>
internal sealed class LoadingContext(string name, LoadingLimits limits)
{
    public string Name { get; } = name;

    public LoadingLimits Limits { get; } = limits;

    public FindingCollector Findings { get; } = new(limits.Findings);

    public bool HasErrors => Findings.HasErrors;

    public Place At(string? section = null, long? offset = null, string? thing = null)
        => new() { File = Name, Section = section, ByteOffset = offset, Object = thing };

    public void Error(Rule rule, string message, string? section = null, long? offset = null, string? thing = null)
        => Findings.Add(rule.Error(At(section, offset, thing), message));

    public void Warn(Rule rule, string message, string? section = null, long? offset = null, string? thing = null)
        => Findings.Add(rule.Warning(At(section, offset, thing), message));

    /// <summary>Whether <paramref name="actual"/> is within the limit; a finding if not.</summary>
    /// <param name="member">The member of <see cref="LoadingLimits"/> that holds <paramref name="limit"/>.</param>
    public bool IsWithin(long actual, int limit, string member, string? section = null, string? thing = null)
    {
        if (actual <= limit)
        {
            return true;
        }

        Error(
            LoadingRules.LimitExceeded,
            string.Create(CultureInfo.InvariantCulture, $"{actual} is more than the {limit} that LoadingLimits.{member} allows"),
            section,
            thing: thing);
        return false;
    }
}
