using System.Diagnostics;
using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Engines;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>
/// A program that can run: its id, tag, statistics and code. It keeps alive all that its code points into (maps, helper sets,
/// its type); links keep it alive. Runs may come from any number of threads at once.
/// </summary>
public sealed unsafe partial class LoadedProgram : IDisposable
{
    private const int ScratchAlignment = 16;

    private readonly Lock _gate = new();
    private readonly Action<LoadedProgram> _onDisposed;
    private readonly HolderSet _holders = new();
    private volatile ProgramBody _body;

    // The body of before and the one to come, while it gets another one.
    private volatile Tuple<ProgramBody, ProgramBody>? _change;

    // Nobody may take hold of it any more; it still runs.
    private int _closed;
    private int _disposed;
    private volatile bool _isGone;

    internal LoadedProgram(ProgramId id, LoweredProgram lowered, ProgramEngine engine, string tag, IEnumerable<PluginRecord> providers, Action<LoadedProgram> onDisposed)
    {
        Id = id;
        Name = lowered.Spec.Name;
        Tag = tag;
        _onDisposed = onDisposed;
        _body = new ProgramBody(this, lowered, engine, providers);
        WatchHeat(_body);
    }

    public ProgramId Id { get; }

    public string Name { get; }

    /// <summary>The first 8 bytes of a hash over the instructions with map references blanked, in hexadecimal; equal code has an equal tag.</summary>
    public string Tag { get; }

    /// <summary>The type as of now: another instance after the plugin was upgraded. A run's own is <see cref="Invocation.ProgramType"/>.</summary>
    public IProgramType ProgramType => _body.Type;

    /// <summary>The code as of now: another one after a plugin of it was upgraded.</summary>
    public LoweredProgram Lowered => _body.Lowered;

    /// <summary>What runs it: <c>interpreter</c>, or a back end's name. Another one after <see cref="EngineOptions.HotRuns"/> runs, where the runtime chose.</summary>
    public string Engine => _body.Engine.Name;

    public ProgramStatistics Statistics { get; } = new();

    /// <summary>
    /// Sources pad events with zeros to this many bytes. An event that is shorter is not run where the proof rests on that length: it traps
    /// (<see cref="TrapKind.MemoryAccess"/>).
    /// </summary>
    public int RequiredContextSize => Lowered.Verified.Facts.RequiredContextSize;

    /// <summary>Who uses it: links, as readable names.</summary>
    public IReadOnlyList<string> Holders => _holders.Names;

    /// <summary>What its plugins and maps call it.</summary>
    internal string Holder => $"program {Name} (id {Id.Value})";

    /// <summary>What it was made from, so that it can be made again; null for one that was made otherwise than by a runtime.</summary>
    internal ProgramOrigin? Origin { get; init; }

    internal ProgramBody Body => _body;

    internal nint SelfHandle => _body.Handle;

    /// <summary>Its code is no more. A run that came upon the program before it was unloaded may still go on in it.</summary>
    internal bool IsGone => _isGone;

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Runs the program on a ready context. The memory in <paramref name="entry"/> stays valid until the call returns.</summary>
    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    [SkipLocalsInit]
    public RunResult Run(in ProgramEntry entry, in EventOrigin origin = default)
    {
        Epoch.Stay stay = Epoch.Enter();
        ProgramBody body = _body;
        if (!body.IsBare || IsDisposed || Statistics.Enabled || (body.LooksAtContext && !body.HasContext(entry)))
        {
            return RunGuarded(stay, body, entry, origin);
        }

        // Nothing here throws, and nobody is called who could.
        ulong value = body.Engine.RunBare(entry.R1, entry.R2);
        Epoch.Exit(stay);
        return new RunResult(value);
    }

    /// <summary>Runs the program for an event: its type lays the context out and carries results back.</summary>
    /// <param name="data">The event as its source delivers it; stays valid until the call returns.</param>
    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // Its frame tells that the thread runs a program (Epoch).
    public RunResult RunEvent(MemoryRegion data, EventOrigin origin = default)
    {
        // All of it with one body: who lays the context out, who reads it and who carries it back are of the same version.
        Epoch.Stay stay = Epoch.Enter();
        try
        {
            ProgramBody body = _body;
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            int size = body.Type.Descriptor.Context.HostSize;
            byte* room = stackalloc byte[size + ScratchAlignment];
            nint scratch = ((nint)room + ScratchAlignment - 1) & -ScratchAlignment;
            ProgramEntry entry = body.Type.Enter(data, scratch);
            RunResult result = body.IsBare && !Statistics.Enabled && !(body.LooksAtContext && !body.HasContext(entry))
                ? new RunResult(body.Engine.RunBare(entry.R1, entry.R2))
                : Execute(body, entry, origin);
            body.Type.Leave(data, scratch, result.Value);
            return result;
        }
        finally
        {
            Epoch.Exit(stay);
        }
    }

    /// <summary>Unloads the program, after the runs that are under way.</summary>
    /// <exception cref="InvalidOperationException">A link still holds it, or it is called from inside a run.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            // Who holds it now is seen here, and who comes later sees that it is closed.
            if (Holders is { Count: > 0 } holders)
            {
                throw new InvalidOperationException($"Program {Name} is in use by {string.Join(", ", holders)}; dispose those first.");
            }

            Volatile.Write(ref _disposed, 1);
            Epoch.WaitForRuns();
        }
        catch (InvalidOperationException)
        {
            // Nothing has happened: the program is as it was.
            Volatile.Write(ref _disposed, 0);
            Volatile.Write(ref _closed, 0);
            throw;
        }

        _isGone = true;
        lock (_gate)
        {
            _jump?.Dispose();
            _body.Dispose();
        }

        _onDisposed(this);
    }

    /// <summary>Makes another body known, so that runs which began in one of the same version find it; the program still runs in the old one.</summary>
    internal void Announce(ProgramBody next) => _change = Tuple.Create(_body, next);

    /// <summary>Runs that begin from here on run in another body.</summary>
    /// <returns>The old one, which goes on to be found by runs that began in one of its version until <see cref="Forget"/>; null when the program was unloaded.</returns>
    internal ProgramBody? Switch(ProgramBody next)
    {
        lock (_gate)
        {
            if (IsDisposed)
            {
                return null;
            }

            ProgramBody old = _body;
            WatchHeat(next);
            _body = next;
            OfferJump();
            return old;
        }
    }

    /// <summary>No run is in the old body any more, or the other one does not come.</summary>
    internal void Forget()
    {
        _change = null;
        PointJump();
    }

    private void WatchHeat(ProgramBody body)
    {
        if (body.Engine is TieredEngine tiered)
        {
            // Not on this thread, which is in the middle of a run.
            tiered.OnHot = () => ThreadPool.UnsafeQueueUserWorkItem(static body => body.Program.Heat(body), body, preferLocal: false);
        }
    }

    /// <summary>Puts the engine for hot programs in the place of the first one, where there is one.</summary>
    private void Heat(ProgramBody body)
    {
        if (body.Engine is not TieredEngine tiered || IsDisposed || body != _body)
        {
            return;
        }

        using HotCode code = tiered.CompileHot();
        ProgramEngine? hot = code.Engine;
        lock (_gate)
        {
            if (IsDisposed || body != _body)
            {
                hot?.Dispose();
                return;
            }

            if (hot is not null)
            {
                hot.JumpType = tiered.JumpType;
            }

            body.Replace(hot ?? tiered.First);
            OfferJump();
        }

        if (hot is not null)
        {
            // Runs that are under way go on in the code in which they began.
            Epoch.WaitForRuns();
            tiered.Dispose();
        }
    }

    /// <summary>Runs in the place of another program, whose invocation it gets.</summary>
    internal static ulong Continue(ProgramBody body, Invocation* invocation, in ProgramEntry entry)
    {
        if (body.LooksAtContext && !body.HasContext(entry))
        {
            RefuseContext(invocation, entry);
            return 0;
        }

        return body.Program.Statistics.Enabled ? Measure(body, invocation, entry, isContinued: true) : body.Engine.Continue(invocation, entry);
    }

    /// <summary>The body that a run of that type may go on in.</summary>
    /// <returns>Null when the program is of another type, or of another version of it.</returns>
    internal ProgramBody? FindBody(IProgramType type)
    {
        ProgramBody body = _body;
        return ReferenceEquals(body.Type, type) ? body
            : _change is not { } change ? null
            : ReferenceEquals(change.Item1.Type, type) ? change.Item1
            : ReferenceEquals(change.Item2.Type, type) ? change.Item2
            : null;
    }

    /// <summary>Keeps the program from being unloaded while something that outlives a run leads to it, such as an element of a map.</summary>
    /// <param name="holder">What holds it, for people.</param>
    /// <returns>To be disposed when it no longer does.</returns>
    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    public IDisposable Hold(string holder)
    {
        IDisposable hold = _holders.Hold(holder);
        if (Volatile.Read(ref _closed) != 0)
        {
            hold.Dispose();
            throw new ObjectDisposedException(Name);
        }

        return hold;
    }

    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    internal ProgramLease Hold(Link link) => new(Hold($"link {link.AttachPoint}:{link.Target}"));

    /// <summary>Its frame tells that the thread runs a program (<see cref="Epoch"/>). Not inlined into <see cref="Run"/> also because how quick that is must not depend on which programs ran first.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal RunResult RunGuarded(Epoch.Stay stay, ProgramBody body, in ProgramEntry entry, in EventOrigin origin)
    {
        try
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return Execute(body, entry, origin);
        }
        finally
        {
            Epoch.Exit(stay);
        }
    }

    [SkipLocalsInit]
    private static RunResult Execute(ProgramBody body, in ProgramEntry entry, in EventOrigin origin)
    {
        Unsafe.SkipInit(out Invocation invocation);
        fixed (EventOrigin* known = &origin)
        {
            invocation.Begin(body.Handle, known);
            return Execute(body, &invocation, entry);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RunResult Execute(ProgramBody body, Invocation* invocation, in ProgramEntry entry)
    {
        if (body.LooksAtContext && !body.HasContext(entry))
        {
            RefuseContext(invocation, entry);
            return Trapped(*invocation);
        }

        ulong value = body.Program.Statistics.Enabled ? Measure(body, invocation, entry) : body.Engine.Run(invocation, entry);
        return invocation->TrapKind == TrapKind.None ? new RunResult(value) : Trapped(*invocation);
    }

    private static void RefuseContext(Invocation* invocation, in ProgramEntry entry)
    {
        invocation->Slot = 0;
        invocation->TrapKind = TrapKind.MemoryAccess;
        invocation->TrapAddress = entry.R1;
    }

    private static ulong Measure(ProgramBody body, Invocation* invocation, in ProgramEntry entry, bool isContinued = false)
    {
        long start = Stopwatch.GetTimestamp();
        ulong value = isContinued ? body.Engine.Continue(invocation, entry) : body.Engine.Run(invocation, entry);
        body.Program.Statistics.CountRun(Stopwatch.GetTimestamp() - start);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RunResult Trapped(in Invocation invocation)
    {
        // After a tail call that is another program than the one that was run.
        ProgramBody body = invocation.Body;
        var trap = new Trap(invocation.TrapKind, body.Lowered.Original(invocation.Slot), invocation.TrapAddress);
        body.Program.Statistics.CountTrap(trap);
        return new RunResult(0, trap);
    }
}

/// <summary>A link's hold on a program.</summary>
internal sealed class ProgramLease(IDisposable holder) : IDisposable
{
    public void Dispose() => holder.Dispose();
}
