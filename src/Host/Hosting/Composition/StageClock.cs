using System.Collections.Immutable;

namespace Skep.Hosting.Composition;

/// <summary>Adds up what the stages of a start take.</summary>
internal sealed class StageClock
{
    private readonly TimeSpan[] _times = new TimeSpan[Enum.GetValues<StartStage>().Length];

    public T Measure<T>(StartStage stage, Func<T> action)
    {
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            return action();
        }
        finally
        {
            _times[(int)stage] += TimeProvider.System.GetElapsedTime(start);
        }
    }

    public ImmutableArray<StageTime> Report() => [.. Enum.GetValues<StartStage>().Select(stage => new StageTime(stage, _times[(int)stage]))];
}
