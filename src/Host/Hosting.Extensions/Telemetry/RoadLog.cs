using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Hosting.Telemetry;

/// <summary>Tells the category "Skep.Runtime" what was loaded and attached, and what was refused and why.</summary>
internal sealed partial class RoadLog(ILoggerFactory factory) : IRoadObserver
{
    private readonly ILogger _logger = factory.CreateLogger("Skep.Runtime");

    public IRoadSpan? Begin(SkepRuntime runtime, RoadStep step, string subject)
        => _logger.IsEnabled(LogLevel.Warning) && step is RoadStep.Load or RoadStep.Attach ? new Span(_logger, runtime.Name, step, subject) : null;

    [LoggerMessage(1, LogLevel.Information, "Runtime {Runtime} loaded {Subject}")]
    private static partial void Loaded(ILogger logger, string runtime, string subject);

    [LoggerMessage(2, LogLevel.Information, "Runtime {Runtime} attached {Subject}")]
    private static partial void Attached(ILogger logger, string runtime, string subject);

    [LoggerMessage(3, LogLevel.Error, "Runtime {Runtime} did not {Step} {Subject}")]
    private static partial void Refused(ILogger logger, string runtime, string step, string subject);

    [LoggerMessage(EventId = 4, Message = "{Finding}")]
    private static partial void Tell(ILogger logger, LogLevel level, Finding finding);

    private sealed class Span(ILogger logger, string runtime, RoadStep step, string subject) : IRoadSpan
    {
        public void End(bool succeeded, ImmutableArray<Finding> findings)
        {
            foreach (Finding finding in findings)
            {
                Tell(logger, finding.IsError ? LogLevel.Error : LogLevel.Warning, finding);
            }

            if (!succeeded)
            {
                Refused(logger, runtime, step == RoadStep.Load ? "load" : "attach", subject);
            }
            else if (step == RoadStep.Load)
            {
                Loaded(logger, runtime, subject);
            }
            else
            {
                Attached(logger, runtime, subject);
            }
        }
    }
}
