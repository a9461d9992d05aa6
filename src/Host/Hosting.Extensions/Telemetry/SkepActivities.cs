using System.Collections.Immutable;
using System.Diagnostics;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Hosting.Telemetry;

/// <summary>A span of the source "Skep" for each step of the road: <c>skep.load</c>, <c>skep.verify</c>, <c>skep.lower</c>, <c>skep.compile</c>, <c>skep.attach</c>. Runs have none.</summary>
public sealed class SkepActivities : IRoadObserver, IDisposable
{
    public const string SourceName = "Skep";

    private readonly ActivitySource _source = new(SourceName, typeof(SkepRuntime).Assembly.GetName().Version?.ToString());

    public IRoadSpan? Begin(SkepRuntime runtime, RoadStep step, string subject)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        if (_source.StartActivity(NameOf(step)) is not { } activity)
        {
            return null;
        }

        activity.SetTag(SkepTags.Runtime, runtime.Name);
        activity.SetTag(SkepTags.Subject, subject);
        return new Span(activity);
    }

    public void Dispose() => _source.Dispose();

    private static string NameOf(RoadStep step) => step switch
    {
        RoadStep.Load => "skep.load",
        RoadStep.Verify => "skep.verify",
        RoadStep.Lower => "skep.lower",
        RoadStep.Compile => "skep.compile",
        _ => "skep.attach",
    };

    private sealed class Span(Activity activity) : IRoadSpan
    {
        public void End(bool succeeded, ImmutableArray<Finding> findings)
        {
            if (!findings.IsEmpty)
            {
                activity.SetTag(SkepTags.Findings, string.Join(",", findings.Select(finding => finding.Rule.Id).Distinct()));
            }

            if (!succeeded)
            {
                activity.SetStatus(ActivityStatusCode.Error, findings.FirstOrDefault(finding => finding.IsError)?.Message);
            }

            activity.Dispose();
        }
    }
}
