using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Calls;
using Skep.Execution.Lowering;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>
/// A loaded program as it runs with the plugins of one time: its type, its code, and holds on what both lead to. When a plugin is upgraded the program gets another body; a run
/// begins and ends in the same one, so that it never meets two versions of a plugin.
/// </summary>
internal sealed unsafe class ProgramBody : IDisposable
{
    private readonly List<IDisposable> _leases = [];
    private readonly Dictionary<PluginRecord, ProgramTies> _providers = [];

    // Offsets in the host's struct of pointers that the proof takes to be there.
    private readonly int[] _requiredPointers = [];
    private volatile ProgramEngine _engine;
    private GCHandle _self;
    private bool _disposed;

    /// <param name="engine">Owned by the body from here on, also when this throws.</param>
    /// <param name="providers">The plugins that it comes from, beside the engine's; each is held.</param>
    /// <exception cref="ObjectDisposedException">A map is gone.</exception>
    public ProgramBody(LoadedProgram program, LoweredProgram lowered, ProgramEngine engine, IEnumerable<PluginRecord> providers)
    {
        Program = program;
        Lowered = lowered;
        Type = lowered.Verified.Linked.ProgramType;
        _engine = engine;
        IsBare = engine.IsBare;
        ProgramFacts facts = lowered.Verified.Facts;
        if (facts.Proof == Proof.Full)
        {
            ContextLayout context = Type.Descriptor.Context;
            RequiredContext = ContextConversion.Concerns(context) ? 0 : facts.RequiredContextSize;
            _requiredPointers =
            [
                .. context.Fields.Where(field => field.Kind is ContextFieldKind.Memory or ContextFieldKind.Object && IsRead(facts, field))
                    .Select(field => field.HostOffset ?? field.Offset),
            ];
        }

        LooksAtContext = RequiredContext > 0 || _requiredPointers.Length > 0;
        _self = GCHandle.Alloc(this);
        try
        {
            // Those of unreachable code too: the program leads to them as an object.
            foreach (LoadedMap map in lowered.Maps.Concat(lowered.Verified.Linked.Maps.Values.Select(binding => binding.Map)).Distinct())
            {
                _leases.Add(map.Hold(program.Holder));
            }

            foreach (PluginRecord provider in providers)
            {
                HoldFor(provider, ProgramTies.Providers);
            }

            if (engine.Provider is { } backend)
            {
                HoldFor(backend, ProgramTies.Engine);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public LoadedProgram Program { get; }

    public LoweredProgram Lowered { get; }

    public IProgramType Type { get; }

    public ProgramEngine Engine => _engine;

    public bool IsBare { get; }

    /// <summary>What the proof takes the context to have, in bytes; 0 where nobody has to look.</summary>
    public int RequiredContext { get; }

    /// <summary>Where machine code may jump to; null where more is to be looked at than such code does.</summary>
    public JumpPlace? JumpPlace => _requiredPointers.Length == 0 ? _engine.JumpPlace : null;

    /// <summary>Whether <see cref="HasContext"/> has anything to look at.</summary>
    public bool LooksAtContext { get; }

    /// <summary>What a run's invocation has for this.</summary>
    public nint Handle => GCHandle.ToIntPtr(_self);

    /// <summary>The plugins that it holds.</summary>
    public IReadOnlyList<PluginRecord> Plugins
    {
        get
        {
            lock (_leases)
            {
                return [.. _providers.Keys];
            }
        }
    }

    /// <summary>What of a plugin it depends on.</summary>
    public ProgramTies TiesTo(PluginRecord plugin)
    {
        lock (_leases)
        {
            return _providers.GetValueOrDefault(plugin);
        }
    }

    /// <summary>
    /// Whether the context is as long as the proof takes it to be, and has the pointers that are never null. Where fields lie elsewhere in the host's struct, the
    /// program type answers for the length.
    /// </summary>
    public bool HasContext(in ProgramEntry entry)
        => (RequiredContext == 0 || (entry.Context.Length >= (nuint)RequiredContext && entry.R1 == (ulong)entry.Context.Address))
            && (_requiredPointers.Length == 0 || HasPointers(entry.Context));

    /// <summary>Puts another engine in the place of the first one, which the caller disposes when no run is in it any more.</summary>
    public void Replace(ProgramEngine engine)
    {
        if (engine.Provider is { } backend)
        {
            HoldFor(backend, ProgramTies.Engine);
        }

        _engine = engine;
    }

    /// <summary>Lets go of all; no run is in it any more.</summary>
    public void Dispose()
    {
        lock (_leases)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _engine.Dispose();
            _leases.ForEach(lease => lease.Dispose());
            _leases.Clear();
            _self.Free();
        }
    }

    private void HoldFor(PluginRecord plugin, ProgramTies ties)
    {
        lock (_leases)
        {
            if (_providers.TryGetValue(plugin, out ProgramTies known))
            {
                _providers[plugin] = known | ties;
                return;
            }

            _leases.Add(plugin.Hold(Program.Holder));
            _providers.Add(plugin, ties);
        }
    }

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
}

/// <summary>What a program has of a plugin.</summary>
[Flags]
internal enum ProgramTies : byte
{
    None = 0,

    /// <summary>Its type or helpers.</summary>
    Providers = 1,

    /// <summary>Code that its back end made.</summary>
    Engine = 2,
}
