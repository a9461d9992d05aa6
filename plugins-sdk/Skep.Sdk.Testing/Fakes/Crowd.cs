namespace Skep.Testing;

/// <summary>Several threads that start together; what one of them throws is thrown here.</summary>
public static class Crowd
{
    /// <summary>More than processors, as a rule, so that threads are interrupted anywhere.</summary>
    public const int Threads = 8;

    /// <param name="body">Gets the thread's index, from 0.</param>
    public static void Run(int threads, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var start = new Barrier(threads);
        var failures = new List<Exception>();
        Thread[] all = [.. Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                body(index);
            }
#pragma warning disable CA1031 // Whatever it is, the test that started the thread must show it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                lock (failures)
                {
                    failures.Add(exception);
                }
            }
        }))];
        foreach (Thread thread in all)
        {
            thread.Start();
        }

        foreach (Thread thread in all)
        {
            thread.Join();
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }
}
