using System.Collections.Immutable;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>Several observers as one.</summary>
internal sealed class RoadObservers(ImmutableArray<IRoadObserver> observers) : IRoadObserver
{
    /// <summary>The builder's observers and those among the host's services; null for none.</summary>
    public static IRoadObserver? Join(ImmutableArray<IRoadObserver> chosen, IServiceProvider? services)
    {
        ImmutableArray<IRoadObserver> all = services?.GetService(typeof(IEnumerable<IRoadObserver>)) is IEnumerable<IRoadObserver> offered ? [.. chosen, .. offered] : chosen;
        return all switch
        {
            [] => null,
            [{ } one] => one,
            _ => new RoadObservers(all),
        };
    }

    public IRoadSpan? Begin(SkepRuntime runtime, RoadStep step, string subject)
    {
        ImmutableArray<IRoadSpan> spans = [.. observers.Select(observer => observer.Begin(runtime, step, subject)).OfType<IRoadSpan>()];
        return spans.IsEmpty ? null : new Spans(spans);
    }

    private sealed class Spans(ImmutableArray<IRoadSpan> spans) : IRoadSpan
    {
        // Inner ones end before outer ones.
        public void End(bool succeeded, ImmutableArray<Finding> findings)
        {
            foreach (IRoadSpan span in spans.Reverse())
            {
                span.End(succeeded, findings);
            }
        }
    }
}
