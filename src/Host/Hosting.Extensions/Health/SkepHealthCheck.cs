using System.Runtime.CompilerServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Skep.Contracts;
using Skep.Findings;

namespace Skep.Hosting.Health;

/// <summary>
/// Unhealthy: a plugin was refused or failed, or a link met a problem. Degraded: a warning about plugins, or events were lost since the check before. Looks at runtimes that were
/// made, and makes none.
/// </summary>
internal sealed class SkepHealthCheck(SkepHosts hosts, string? runtime) : IHealthCheck
{
    private readonly ConditionalWeakTable<Link, StrongBox<long>> _lost = [];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        var worries = new List<string>();
        int looked = 0;
        foreach (SkepHost host in hosts.Current.Where(host => runtime is null || host.Name == runtime))
        {
            looked++;
            Check(host, problems, worries);
        }

        IReadOnlyDictionary<string, object> data = problems.Concat(worries).Select((text, index) => (text, index))
            .ToDictionary(entry => $"skep.{entry.index}", entry => (object)entry.text);
        string what = string.Join("; ", problems.Concat(worries));
        return Task.FromResult(problems.Count > 0 ? new HealthCheckResult(context.Registration.FailureStatus, what, data: data)
            : worries.Count > 0 ? HealthCheckResult.Degraded(what, data: data)
            : HealthCheckResult.Healthy(looked == 0 ? "no runtime was made yet" : null));
    }

    private void Check(SkepHost host, List<string> problems, List<string> worries)
    {
        foreach (Finding finding in host.Findings)
        {
            (finding.IsError ? problems : worries).Add($"runtime {host.Name}: {finding.Rule.Id} {finding.Message}");
        }

        IReadOnlyList<Link> links;
        try
        {
            links = host.Runtime.Links;
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        foreach (Link link in links)
        {
            string name = $"runtime {host.Name}, link {link.AttachPoint}:{link.Target}";
            if (link.Problem is { } problem)
            {
                problems.Add($"{name}: {problem.Rule.Id} {problem.Message}");
            }

            StrongBox<long> before = _lost.GetValue(link, static _ => new StrongBox<long>());
            long lost = link.Lost;
            long since = lost - Interlocked.Exchange(ref before.Value, lost);
            if (since > 0)
            {
                worries.Add($"{name}: {since} events were lost since the check before");
            }
        }
    }
}
