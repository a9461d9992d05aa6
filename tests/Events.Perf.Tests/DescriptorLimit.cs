using System.Globalization;
using System.Runtime.InteropServices;

namespace Skep.Events.Perf.Tests;

/// <summary>Leaves this process room for so many more file descriptors, until it is disposed.</summary>
internal sealed partial class DescriptorLimit : IDisposable
{
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    private readonly ResourceLimit _before;

    public DescriptorLimit(int room)
    {
        Assert.Equal(0, GetLimit(OpenFiles, out _before));
        HashSet<int> used = [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
        int first = Enumerable.Range(0, int.MaxValue).Where(number => !used.Contains(number)).ElementAt(room);
        ResourceLimit limit = _before with { Current = (ulong)first };
        Assert.Equal(0, SetLimit(OpenFiles, in limit));
    }

    public void Dispose() => Assert.Equal(0, SetLimit(OpenFiles, in _before));

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    private readonly record struct ResourceLimit
    {
        public ulong Current { get; init; }

        public ulong Maximum { get; init; }
    }
}
