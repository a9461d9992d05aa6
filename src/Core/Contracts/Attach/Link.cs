using System.Diagnostics;
using System.Runtime.CompilerServices;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Contracts;

/// <summary>
/// A loaded program attached to one event. Event sources derive from it, call <see cref="Deliver"/> for each event from any thread, and stop
/// in <see cref="Detach"/>. It holds the program alive; disposing it detaches and lets go.
/// </summary>
public abstract class Link : IDisposable
{
    private LoadedProgram _program;
    private ProgramLease _lease;
    private long _events;
    private long _lost;
    private int _disposed;
    private Action<Link>? _onDisposed;

    protected Link(AttachRequest request, string attachPoint)
    {
        ArgumentNullException.ThrowIfNull(request);
        AttachPoint = attachPoint;
        Target = request.Target;
        _program = request.Program;
        _lease = request.Program.Hold(this);
    }

    /// <summary>Given by the runtime when the link is registered.</summary>
    public LinkId Id { get; internal set; }

    /// <summary>The attach point's plugin; given by the runtime when the link is registered.</summary>
    internal PluginRecord? Owner { get; set; }

    public string AttachPoint { get; }

    public string Target { get; }

    /// <summary>The program that the next event runs.</summary>
    public LoadedProgram Program => Volatile.Read(ref _program);

    /// <summary>Events that ran a program.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Events that the source had to drop before a program could see them.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>A problem that the source met while it ran; null while all is well.</summary>
    public Finding? Problem { get; private set; }

    /// <summary>
    /// Lets another program of the same type take over in one step: an event runs the old one or the new one, never
    /// both, and none is missed. Returns after no event runs the old one any more.
    /// </summary>
    /// <exception cref="ArgumentException">The program is of another type, or of another version of the type and the source is of the same plugin.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a run.</exception>
    public void Replace(LoadedProgram next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (!IsOfSameType(next))
        {
            throw new ArgumentException($"Link {Id.Value} drives {Program.ProgramType.Descriptor.Name} programs; {next.Name} is a {next.ProgramType.Descriptor.Name} program.", nameof(next));
        }

        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ProgramLease lease = next.Hold(this);
        ProgramLease old = Interlocked.Exchange(ref _lease, lease);
        Volatile.Write(ref _program, next);
        Epoch.WaitForRuns();
        old.Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            Detach();
        }
        finally
        {
            _lease.Dispose();
            Interlocked.Exchange(ref _onDisposed, NothingLeftToDo)?.Invoke(this);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Has the runtime told, once, after the source was detached and the program let go; at once when that has been already.</summary>
    internal void WhenDisposed(Action<Link> action)
    {
        if (Interlocked.CompareExchange(ref _onDisposed, action, null) is not null)
        {
            action(this);
        }
    }

    /// <summary>The type itself, or another version of it that describes itself the same way; not where the source is of the type's own plugin, which may know more of the type.</summary>
    private bool IsOfSameType(LoadedProgram next)
    {
        ProgramBody now = Program.Body;
        ProgramBody then = next.Body;
        return ReferenceEquals(now.Type, then.Type)
            || (now.Type.Descriptor.HasContractOf(then.Type.Descriptor) && (Owner is null || (now.TiesTo(Owner) | then.TiesTo(Owner)) == ProgramTies.None));
    }

    private static void NothingLeftToDo(Link link)
    {
    }

    /// <summary>Stops the source. When it returns, no further <see cref="Deliver"/> begins; called once.</summary>
    protected abstract void Detach();

    internal const string Delivering = nameof(Deliver);

    /// <summary>Runs the program for one event.</summary>
    /// <param name="data">Stays valid during the call.</param>
    /// <param name="readable">
    /// How many bytes at its address may be read, zeros after <paramref name="data"/>'s own: as much of them as the program's
    /// <see cref="LoadedProgram.RequiredContextSize"/> asks for is given to it. 0 for none.
    /// </param>
    [MethodImpl(MethodImplOptions.NoInlining)] // Its frame tells that the thread runs a program (Epoch).
    protected RunResult Deliver(MemoryRegion data, EventOrigin origin, nuint readable = 0)
    {
        Debug.Assert(data.Address != 0 || data.Length == 0, "An event's memory has an address.");
        Epoch.Stay stay = Epoch.Enter();
        try
        {
            Interlocked.Increment(ref _events);
            LoadedProgram program = Volatile.Read(ref _program);
            nuint wanted = nuint.Min((nuint)program.RequiredContextSize, readable);
            return program.RunEvent(wanted > data.Length ? data with { Length = wanted } : data, origin);
        }
        finally
        {
            Epoch.Exit(stay);
        }
    }

    protected void ReportLost(long count) => Interlocked.Add(ref _lost, count);

    protected void ReportProblem(Finding problem) => Problem ??= problem;
}
