using Skep.Findings;
using Skep.Hosting.Composition;
using Skep.Runtime;

namespace Skep.Hosting.Life;

/// <summary>The end of a unit that nobody uses any more.</summary>
internal static class UnitEnd
{
    /// <summary>Disposes its providers and lets its load context go. A plugin that fails on its way out is a finding.</summary>
    public static List<Finding> Close(PluginUnit unit, ForeignCalls calls)
    {
        var findings = new List<Finding>();
        foreach (PluginHandle plugin in unit.Handles.Reverse())
        {
            Call(calls, plugin.Scope.Dispose, new Place { File = plugin.Origin, Plugin = plugin.Info.Name }, "disposing its providers", findings);
        }

        unit.Close();
        unit.State = PluginState.Unloaded;
        return findings;
    }

    public static void Call(ForeignCalls calls, Action call, Place place, string what, List<Finding> findings)
    {
        CallOutcome outcome = calls.Run(call);
        if (outcome.TimedOut)
        {
            findings.Add(PluginRules.LeftBadly.Error(place, $"{what} did not return within {calls.Deadline.TotalSeconds:0.###} s"));
        }
        else if (outcome.Failure is { } failure)
        {
            findings.Add(FailureText.ToFinding(failure, PluginRules.LeftBadly, place, what));
        }
    }
}
