namespace Skep.Findings;

/// <summary>How much a finding weighs: an action with an error did not happen; one with only warnings did.</summary>
public enum Severity : byte
{
    Warning,
    Error,
}
