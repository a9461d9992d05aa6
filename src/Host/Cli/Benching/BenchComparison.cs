using System.Collections.Immutable;
using Skep.Cli.Output;
using Skep.Findings;

namespace Skep.Cli.Benching;

/// <summary>
/// Holds the first run of each engine against the interpreter's: only equal work is worth comparing. The interpreter runs twice, and what already differs between
/// its runs, because it depends on time or chance, is not compared.
/// </summary>
/// <param name="reference">Makes another one on the interpreter.</param>
internal sealed class BenchComparison(Func<BenchEngine> reference)
{
    /// <summary>Parts that change from run to run.</summary>
    public ImmutableArray<string> NotCompared { get; private set; } = [];

    /// <returns>Empty when all engines agree.</returns>
    public ImmutableArray<Finding> Compare(IEnumerable<BenchEngine> engines)
    {
        using BenchEngine first = reference();
        using BenchEngine second = reference();
        if (first.RunOnce() is not { } expected || second.RunOnce() is not { } again)
        {
            return [TrapFinding.Create(first.Program, first.Trap.Happened ? first.Trap : second.Trap)];
        }

        NotCompared = expected.Differences(again);
        var problems = ImmutableArray.CreateBuilder<Finding>();
        foreach (BenchEngine engine in engines)
        {
            var place = new Place { File = engine.Program.Lowered.Spec.ObjectName, Object = engine.Program.Name };
            if (engine.RunOnce() is not { } outcome)
            {
                problems.Add(CliRules.EnginesDiffer.Error(place, $"{engine.Name} traps ({TrapFinding.Name(engine.Trap.Kind)} at insn {engine.Trap.Slot}), and {first.Name} does not"));
                continue;
            }

            problems.AddRange(expected.Differences(outcome).Except(NotCompared).Select(part => CliRules.EnginesDiffer.Error(
                place, $"{part}: {engine.Name} has {outcome.Describe(part)}, {first.Name} has {expected.Describe(part)}")));
        }

        return problems.ToImmutable();
    }
}
