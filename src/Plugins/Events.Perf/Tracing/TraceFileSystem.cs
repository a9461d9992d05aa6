using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Events.Interop;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Events.Tracing;

/// <summary>
/// The kernel's tracefs (Documentation/trace/ftrace.rst), from which the numbers of tracepoints come. Where it is mounted nowhere, a mount of this
/// process alone is made that no path leads to; it is gone when this is disposed.
/// </summary>
internal sealed class TraceFileSystem : IDisposable
{
    private const string FileSystem = "tracefs";
    private const string ListFile = "available_events";
    private const int UnknownFileSystem = 19; // ENODEV

    private static readonly string[] UsualPlaces = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    private readonly string _root;
    private readonly SafeFileHandle? _mount;

    private TraceFileSystem(string root, SafeFileHandle? mount)
    {
        _root = root;
        _mount = mount;
    }

    public static Result<TraceFileSystem> Open()
    {
        foreach (string place in UsualPlaces)
        {
            Result<TraceFileSystem>? found = TryOpen(place);
            if (found is not null)
            {
                return found;
            }
        }

        return OpenDetached();
    }

    /// <summary>What is mounted at <paramref name="place"/>; null when that is not tracefs.</summary>
    public static Result<TraceFileSystem>? TryOpen(string place)
    {
        try
        {
            File.OpenHandle(Path.Combine(place, ListFile)).Dispose();
            return Result<TraceFileSystem>.Success(new TraceFileSystem(place, mount: null));
        }
        catch (UnauthorizedAccessException)
        {
            return Result<TraceFileSystem>.Failure(AttachRules.NotPermitted.Error(
                Place.Nowhere,
                $"this user may not read {place}, where the kernel lists its tracepoints",
                "Run as root, or let a group read it: mount -o remount,mode=755,gid=GROUP " + place));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A mount that no path leads to.</summary>
    public static Result<TraceFileSystem> OpenDetached()
    {
        int error = SystemCalls.MountDetached(FileSystem, out SafeFileHandle mount);
        if (error == 0)
        {
            return Result<TraceFileSystem>.Success(new TraceFileSystem($"/proc/self/fd/{mount.DangerousGetHandle()}", mount));
        }

        mount.Dispose();
        return Result<TraceFileSystem>.Failure(error == UnknownFileSystem
            ? AttachRules.NotAvailable.Error(Place.Nowhere, "this kernel has no tracefs, thus no tracepoints", "Use a kernel with CONFIG_TRACING.")
            : AttachRules.NotAvailable.Error(
                Place.Nowhere,
                $"tracefs, where the kernel lists its tracepoints, is not mounted, and this process may not mount it for itself ({Marshal.GetPInvokeErrorMessage(error)})",
                "Run as root, or have root mount it: mount -t tracefs tracefs /sys/kernel/tracing"));
    }

    /// <summary>All tracepoints that events can be had of, sorted by category and name.</summary>
    public Result<IReadOnlyList<TracepointName>> List()
    {
        try
        {
            var names = new List<TracepointName>();
            foreach (string line in File.ReadLines(Path.Combine(_root, ListFile)))
            {
                if (TracepointName.TryParse(line.Trim(), out TracepointName? name))
                {
                    names.Add(name);
                }
            }

            names.Sort((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
            return Result<IReadOnlyList<TracepointName>>.Success(names);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Result<IReadOnlyList<TracepointName>>.Failure(Unreadable(ListFile, exception));
        }
    }

    /// <summary>The tracepoint's number for perf_event_open(2), in <paramref name="number"/>.</summary>
    /// <returns>Null, or why there is none.</returns>
    public Finding? FindNumber(TracepointName name, out ulong number)
    {
        number = 0;
        string file = Path.Combine("events", name.Category, name.Name, "id");
        try
        {
            string text = File.ReadAllText(Path.Combine(_root, file)).Trim();
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                ? null
                : AttachRules.Failed.Error(Place.Nowhere, $"tracefs gives '{text}' as the number of {name}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            IReadOnlyList<string> near = List().Value is { } known ? NearNames.Find(name, known) : [];
            string hint = near.Count == 0 ? "" : $"; near are {string.Join(", ", near)}";
            return AttachRules.NoSuchTarget.Error(Place.Nowhere, $"this kernel has no tracepoint {name}{hint}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unreadable(file, exception);
        }
    }

    public void Dispose() => _mount?.Dispose();

    private Finding Unreadable(string file, Exception exception)
        => exception is UnauthorizedAccessException
            ? AttachRules.NotPermitted.Error(Place.Nowhere, $"this user may not read {file} of {_root}")
            : AttachRules.Failed.Error(Place.Nowhere, $"{file} of {_root} cannot be read: {exception.Message}");
}
