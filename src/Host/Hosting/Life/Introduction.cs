using Skep.Findings;
using Skep.Hosting.Composition;
using Skep.Hosting.Files;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Life;

/// <summary>The plugins of a file on their way into a living host. Disposing it undoes what was made, unless it was kept.</summary>
internal sealed class Introduction : IDisposable
{
    private readonly Introducer _introducer;
    private readonly string _path;
    private PluginContext? _context;

    public Introduction(Introducer introducer, string path, Result<PluginGate> gate)
    {
        _introducer = introducer;
        _path = path;
        _context = gate.IsSuccess ? introducer.Open(path, gate.Value) : null;
        Candidates = _context is null ? [] : introducer.IntroduceAll(_context, path);
        Findings = [.. gate.Findings, .. introducer.TakeFindings()];
    }

    public List<Candidate> Candidates { get; private set; }

    public List<Finding> Findings { get; }

    /// <summary>The registry with all of the file's plugins and without others.</summary>
    /// <returns>Null, with a finding, when there is anything wrong with any of them.</returns>
    public Registry? Bind(Registry now, CompositionPolicy policy, IReadOnlySet<PluginRecord> without)
    {
        if (_context is null || Findings.Exists(finding => finding.IsError))
        {
            return null;
        }

        RegistryBuilder builder = RegistryBuilder.Continue(now, policy, without);
        foreach (Candidate candidate in Candidates)
        {
            if (!builder.Add(candidate.Record, candidate.Providers))
            {
                Findings.AddRange(builder.FindingsOf(candidate.Record));
                return null;
            }
        }

        return builder.Build();
    }

    public PluginUnit Keep()
    {
        var unit = new PluginUnit(_path, _context);
        Candidates.ForEach(unit.Add);
        Candidates = [];
        _context = null;
        return unit;
    }

    public void Dispose()
    {
        Candidates.ForEach(candidate => _introducer.Discard(candidate.Scope, candidate.Place));
        Candidates = [];
        _context?.Dispose();
        _context = null;
    }
}
