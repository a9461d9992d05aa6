using System.Collections.Immutable;
using Skep.Cli.Output;
using Skep.Contracts;

namespace Skep.Cli.Testing;

/// <summary>The first lines that a program prints in a test run. Safe for any number of threads.</summary>
internal sealed class TraceLines : ITraceOutput
{
    private const int Most = 1_000;

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public ImmutableArray<ImmutableArray<Cell>> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines.Select(line => ImmutableArray.Create(Cell.Of(line)))];
            }
        }
    }

    public void Write(in TraceRecord record)
    {
        lock (_gate)
        {
            if (_lines.Count < Most)
            {
                _lines.Add(record.Text);
            }
        }
    }
}
