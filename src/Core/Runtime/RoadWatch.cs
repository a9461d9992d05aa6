using Skep.Findings;

namespace Skep.Runtime;

/// <summary>Takes steps in sight of a runtime's observer.</summary>
internal static class RoadWatch
{
    public static Result<T> Watch<T>(this SkepRuntime runtime, RoadStep step, string subject, Func<Result<T>> take)
        where T : class
    {
        if (runtime.Observer?.Begin(runtime, step, subject) is not { } span)
        {
            return take();
        }

        Result<T>? result = null;
        try
        {
            return result = take();
        }
        finally
        {
            span.End(result is { IsSuccess: true }, result?.Findings ?? []);
        }
    }
}
