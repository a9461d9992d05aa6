namespace Skep.Helpers.Machine;

internal static class TimeProviderExtensions
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The monotonic clock in nanoseconds; exact where its ticks are whole nanoseconds, as on Linux.</summary>
    public static long GetNanoseconds(this TimeProvider time)
    {
        long ticks = time.GetTimestamp();
        long frequency = time.TimestampFrequency;
        return frequency == NanosecondsPerSecond ? ticks : (long)((Int128)ticks * NanosecondsPerSecond / frequency);
    }
}
