using System.Collections.Concurrent;
using System.Collections.Immutable;
using Skep.Hosting.Composition;
using Skep.Hosting.Files;

namespace Skep.Hosting.Life;

/// <summary>
/// Watches plugin folders: a new <c>NAME/NAME.dll</c> is loaded, a changed one upgraded, a deleted one unloaded, once its folder has been left alone for a while. A file that is still being
/// written is tried again after the same while.
/// </summary>
/// <remarks>Events of the file system are hints that it is time to look; what counts is what lies there then.</remarks>
internal sealed class PluginWatcher : IDisposable
{
    /// <summary>A file that is cut short is taken for one that is being written, so many times; then it is what it is.</summary>
    private const int MostRetries = 20;

    private readonly SkepHost _host;
    private readonly WatchPlan _plan;
    private readonly ImmutableArray<FileSystemWatcher> _watchers;
    private readonly ConcurrentDictionary<string, long> _touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _retries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _hint = new(0);
    private readonly Task _work;

    public PluginWatcher(SkepHost host, IEnumerable<FolderSource> folders, WatchPlan plan)
    {
        _host = host;
        _plan = plan;
        var watchers = ImmutableArray.CreateBuilder<FileSystemWatcher>();
        foreach (string folder in folders.Select(folder => folder.Path).Distinct().Where(Directory.Exists))
        {
            var watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, change) => Touch(folder, change.FullPath);
            watcher.Created += (_, change) => Touch(folder, change.FullPath);
            watcher.Deleted += (_, change) => Touch(folder, change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                Touch(folder, change.OldFullPath);
                Touch(folder, change.FullPath);
            };
            watcher.Error += (_, _) => TouchAll(folder);
            foreach (FileSource file in PluginFolder.Find(new FolderSource(folder, IsDefault: false), []))
            {
                _seen[file.Path] = Seen.Of(file.Path);
            }

            watchers.Add(watcher);
        }

        _watchers = watchers.ToImmutable();
        _work = Task.Run(WorkAsync);
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.EnableRaisingEvents = true;

            // What changed since the host looked and before the watcher did.
            TouchAll(watcher.Path);
        }
    }

    public void Dispose()
    {
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.Dispose();
        }

        _end.Cancel();

        // A handler of the change that is under way may be what disposes the host.
        _work.Wait(TimeSpan.FromSeconds(1));
    }

    private void TouchAll(string folder)
    {
        foreach (FileSource file in PluginFolder.Find(new FolderSource(folder, IsDefault: false), []))
        {
            Touch(folder, file.Path);
        }

        foreach (string path in _host.Plugins.Select(plugin => plugin.Origin).OfType<string>().Where(path => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            Touch(folder, path);
        }
    }

    /// <param name="path">Of anything in a plugin's folder.</param>
    private void Touch(string folder, string path)
    {
        string[] parts = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
        if (parts[0] is not ("." or ".." or ""))
        {
            _touched[Path.Combine(folder, parts[0], parts[0] + ".dll")] = TimeProvider.System.GetTimestamp();
            _hint.Release();
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _hint.WaitAsync(_end.Token).ConfigureAwait(false);
                while (!_touched.IsEmpty)
                {
                    await Task.Delay(_plan.Quiet, _end.Token).ConfigureAwait(false);
                    foreach ((string path, long touched) in _touched.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    {
                        if (TimeProvider.System.GetElapsedTime(touched) >= _plan.Quiet && _touched.TryRemove(KeyValuePair.Create(path, touched)))
                        {
                            await LookAsync(path).ConfigureAwait(false);
                        }
                    }
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The host ends.
        }
    }

    private async Task LookAsync(string path)
    {
        Seen now = Seen.Of(path);
        if (_seen.GetValueOrDefault(path) == now)
        {
            return;
        }

        if (now.Files > 0 && File.Exists(path) && PluginInspector.FindObstacle(path)?.Rule == PluginRules.Broken
            && (_retries[path] = _retries.GetValueOrDefault(path) + 1) < MostRetries)
        {
            _touched[path] = TimeProvider.System.GetTimestamp();
            return;
        }

        _retries.Remove(path);
        _seen[path] = now;
        PluginHandle? known = _host.Plugins.LastOrDefault(plugin => plugin.Origin == path && plugin.State == Runtime.PluginState.Loaded);
        bool isThere = File.Exists(path);
        if (known is not null && isThere)
        {
            await _host.UpgradeAsync(known.Info.Name, path, new UpgradeOptions { Drain = _plan.Drain with { Deadline = TimeSpan.Zero } }, _end.Token).ConfigureAwait(false);
        }
        else if (known is not null)
        {
            await _host.UnloadAsync(known.Info.Name, _plan.Drain, _end.Token).ConfigureAwait(false);
        }
        else if (isThere)
        {
            await _host.LoadAsync(path, _end.Token).ConfigureAwait(false);
        }
    }

    /// <summary>What a plugin's folder was when it was looked at: enough to see that it is another one now.</summary>
    private readonly record struct Seen(int Files, long Bytes, DateTime LastWrite)
    {
        public static Seen Of(string path)
        {
            var folder = new DirectoryInfo(Path.GetDirectoryName(path)!);
            try
            {
                FileInfo[] files = folder.Exists ? folder.GetFiles("*", SearchOption.AllDirectories) : [];
                return new Seen(files.Length, files.Sum(file => file.Length), files.Length == 0 ? default : files.Max(file => file.LastWriteTimeUtc));
            }
            catch (IOException)
            {
                // It changes under our eyes; another look follows.
                return new Seen(-1, 0, default);
            }
        }
    }
}
