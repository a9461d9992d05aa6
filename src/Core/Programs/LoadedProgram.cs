using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Engines;
using Skep.Execution.Lowering;
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
    private volatile ProgramEngine _engine;
    private readonly Action<LoadedProgram> _onDisposed;
    private readonly HolderSet _holders = new();
    private readonly List<IDisposable> _leases = [];
    private readonly int _requiredContext;

    // Offsets in the host's struct of pointers that the proof takes to be there.
    private readonly int[] _requiredPointers = [];
    private readonly bool _looksAtContext;
    private readonly bool _isBare;
    private GCHandle _self;
    // Nobody may take hold of it any more; it still runs.
    private int _closed;
    private int _disposed;
    private volatile bool _isGone;

    internal LoadedProgram(ProgramId id, LoweredProgram lowered, ProgramEngine engine, string tag, IEnumerable<PluginRecord> providers, Action<LoadedProgram> onDisposed)
    {
        Id = id;
        Lowered = lowered;
        Tag = tag;
        _engine = engine;
        ProgramFacts facts = lowered.Verified.Facts;
        _requiredContext = facts.Proof == Proof.Full && !ContextConversion.Concerns(ProgramType.Descriptor.Context) ? facts.RequiredContextSize : 0;
        if (facts.Proof == Proof.Full)
        {
            _requiredPointers =
            [
                .. ProgramType.Descriptor.Context.Fields.Where(field => field.Kind is ContextFieldKind.Memory or ContextFieldKind.Object && IsRead(facts, field))
                    .Select(field => field.HostOffset ?? field.Offset),
            ];
        }

        _isBare = engine.IsBare;
        if (engine is TieredEngine tiered)
        {
            // Not on this thread, which is in the middle of a run.
            tiered.OnHot = () => ThreadPool.UnsafeQueueUserWorkItem(static program => program.Heat(), this, preferLocal: false);
        }

        _looksAtContext = _requiredContext > 0 || _requiredPointers.Length > 0;
        _onDisposed = onDisposed;
        _self = GCHandle.Alloc(this);
        try
        {
            foreach (LoadedMap map in lowered.Maps)
            {
                _leases.Add(map.Hold(Holder));
            }

            foreach (PluginRecord provider in providers.Distinct())
            {
                _leases.Add(provider.Hold(Holder));
            }
        }
        catch
        {
            _leases.ForEach(lease => lease.Dispose());
            _self.Free();
            engine.Dispose();
            throw;
        }
    }

    public ProgramId Id { get; }

    public string Name => Lowered.Spec.Name;

    /// <summary>The first 8 bytes of a hash over the instructions with map references blanked, in hexadecimal; equal code has an equal tag.</summary>
    public string Tag { get; }

    public IProgramType ProgramType => Lowered.Verified.Linked.ProgramType;

    public LoweredProgram Lowered { get; }

    /// <summary>What runs it: <c>interpreter</c>, or a back end's name. Another one after <see cref="EngineOptions.HotRuns"/> runs, where the runtime chose.</summary>
    public string Engine => _engine.Name;

    public ProgramStatistics Statistics { get; } = new();

    /// <summary>
    /// Sources pad events with zeros to this many bytes. An event that is shorter is not run where the proof rests on that length: it traps
    /// (<see cref="TrapKind.MemoryAccess"/>).
    /// </summary>
    public int RequiredContextSize => Lowered.Verified.Facts.RequiredContextSize;

    /// <summary>Who uses it: links, as readable names.</summary>
    public IReadOnlyList<string> Holders => _holders.Names;

    /// <summary>What its plugins and maps call it.</summary>
    private string Holder => $"program {Name} (id {Id.Value})";

    internal nint SelfHandle => GCHandle.ToIntPtr(_self);

    /// <summary>Its code is no more. A run that came upon the program before it was unloaded may still go on in it.</summary>
    internal bool IsGone => _isGone;

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Runs the program on a ready context. The memory in <paramref name="entry"/> stays valid until the call returns.</summary>
    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    [SkipLocalsInit]
    public RunResult Run(in ProgramEntry entry, in EventOrigin origin = default)
    {
        Epoch.Stay stay = Epoch.Enter();
        if (!_isBare || IsDisposed || Statistics.Enabled || (_looksAtContext && !HasContext(entry)))
        {
            return RunGuarded(stay, entry, origin);
        }

        // Nothing here throws, and nobody is called who could.
        ulong value = _engine.RunBare(entry.R1, entry.R2);
        Epoch.Exit(stay);
        return new RunResult(value);
    }

    /// <summary>Runs the program for an event: its type lays the context out and carries results back.</summary>
    /// <param name="data">The event as its source delivers it; stays valid until the call returns.</param>
    /// <exception cref="ObjectDisposedException">The program was unloaded.</exception>
    [SkipLocalsInit]
    public RunResult RunEvent(MemoryRegion data, EventOrigin origin = default)
    {
        IProgramType type = ProgramType;
        int size = type.Descriptor.Context.HostSize;
        byte* room = stackalloc byte[size + ScratchAlignment];
        nint scratch = ((nint)room + ScratchAlignment - 1) & -ScratchAlignment;
        RunResult result = Run(type.Enter(data, scratch), origin);
        type.Leave(data, scratch, result.Value);
        return result;
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
            _engine.Dispose();
            foreach (IDisposable lease in _leases)
            {
                lease.Dispose();
            }
        }

        _self.Free();
        _onDisposed(this);
    }

    /// <summary>Puts the engine for hot programs in the place of the first one, where there is one.</summary>
    private void Heat()
    {
        if (_engine is not TieredEngine tiered || IsDisposed)
        {
            return;
        }

        ProgramEngine? hot = tiered.CompileHot();
        lock (_gate)
        {
            if (IsDisposed)
            {
                hot?.Dispose();
                return;
            }

            if (hot is not null)
            {
                hot.JumpType = tiered.JumpType;
            }

            if (hot?.Provider is { } provider)
            {
                _leases.Add(provider.Hold(Holder));
            }

            _engine = hot ?? tiered.First;
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
    internal ulong Continue(Invocation* invocation, in ProgramEntry entry)
    {
        if (_looksAtContext && !HasContext(entry))
        {
            RefuseContext(invocation, entry);
            return 0;
        }

        return Statistics.Enabled ? Measure(invocation, entry, isContinued: true) : _engine.Continue(invocation, entry);
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

    /// <summary>
    /// Whether the context is as long as the proof takes it to be, and has the pointers that are never null. Where fields lie elsewhere in the host's struct, the
    /// program type answers for the length.
    /// </summary>
    private bool HasContext(in ProgramEntry entry)
        => (_requiredContext == 0 || (entry.Context.Length >= (nuint)_requiredContext && entry.R1 == (ulong)entry.Context.Address))
            && (_requiredPointers.Length == 0 || HasPointers(entry.Context));

    private static bool IsRead(ProgramFacts facts, ContextField field)
        => facts.Accesses.Any(access => access.Region == AccessRegion.Context && access.Start < field.Offset + field.Size && access.End > field.Offset);

    private bool HasPointers(MemoryRegion context)
    {
        foreach (int offset in _requiredPointers)
        {
            if (!context.Contains((ulong)context.Address + (ulong)offset, (ulong)sizeof(nint)) || Unsafe.ReadUnaligned<nint>((byte*)context.Address + offset) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Its frame tells that the thread runs a program (<see cref="Epoch"/>). Not inlined into <see cref="Run"/> also because how quick that is must not depend on which programs ran first.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal RunResult RunGuarded(Epoch.Stay stay, in ProgramEntry entry, in EventOrigin origin)
    {
        try
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return Execute(entry, origin);
        }
        finally
        {
            Epoch.Exit(stay);
        }
    }

    [SkipLocalsInit]
    private RunResult Execute(in ProgramEntry entry, in EventOrigin origin)
    {
        Unsafe.SkipInit(out Invocation invocation);
        fixed (EventOrigin* known = &origin)
        {
            invocation.Begin(SelfHandle, known);
            return Execute(&invocation, entry);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RunResult Execute(Invocation* invocation, in ProgramEntry entry)
    {
        if (_looksAtContext && !HasContext(entry))
        {
            RefuseContext(invocation, entry);
            return Trapped(*invocation);
        }

        ulong value = Statistics.Enabled ? Measure(invocation, entry) : _engine.Run(invocation, entry);
        return invocation->TrapKind == TrapKind.None ? new RunResult(value) : Trapped(*invocation);
    }

    private static void RefuseContext(Invocation* invocation, in ProgramEntry entry)
    {
        invocation->Slot = 0;
        invocation->TrapKind = TrapKind.MemoryAccess;
        invocation->TrapAddress = entry.R1;
    }

    private ulong Measure(Invocation* invocation, in ProgramEntry entry, bool isContinued = false)
    {
        long start = Stopwatch.GetTimestamp();
        ulong value = isContinued ? _engine.Continue(invocation, entry) : _engine.Run(invocation, entry);
        Statistics.CountRun(Stopwatch.GetTimestamp() - start);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RunResult Trapped(in Invocation invocation)
    {
        // After a tail call that is another program than this one.
        LoadedProgram program = invocation.Program;
        var trap = new Trap(invocation.TrapKind, program.Lowered.Original(invocation.Slot), invocation.TrapAddress);
        program.Statistics.CountTrap(trap);
        return new RunResult(0, trap);
    }
}

/// <summary>A link's hold on a program.</summary>
internal sealed class ProgramLease(IDisposable holder) : IDisposable
{
    public void Dispose() => holder.Dispose();
}
