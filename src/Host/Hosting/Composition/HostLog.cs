using Microsoft.Extensions.Logging;
using Skep.Findings;

namespace Skep.Hosting.Composition;

/// <summary>Tells the host's log what was wrong with plugins.</summary>
internal static partial class HostLog
{
    public static void Write(IServiceProvider services, IEnumerable<Finding> findings)
    {
        if (services.GetService(typeof(ILoggerFactory)) is not ILoggerFactory factory)
        {
            return;
        }

        ILogger logger = factory.CreateLogger("Skep.Hosting");
        foreach (Finding finding in findings)
        {
            Tell(logger, finding.IsError ? LogLevel.Error : LogLevel.Warning, finding);
        }
    }

    [LoggerMessage("{Finding}")]
    private static partial void Tell(ILogger logger, LogLevel level, Finding finding);
}
