using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;

namespace Skep.Testing;

/// <summary>An attach point whose events the test raises. Drives programs of <see cref="FakeProgramType"/>, or of the types that it is given.</summary>
public sealed class FakeEventSource(params ImmutableArray<string> programTypes) : IAttachPoint
{
    private readonly Lock _gate = new();
    private ImmutableArray<FakeLink> _links = [];

    public AttachPointDescriptor Descriptor { get; } = new()
    {
        Name = "skep.testing/source",
        Description = "Events that a test raises.",
        ProgramTypes = programTypes.IsEmpty ? [FakeProgramType.TypeName] : programTypes,
        TargetSyntax = "anything",
    };

    public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success([]);

    public Result<Link> Attach(AttachRequest request)
    {
        var link = new FakeLink(this, request);
        lock (_gate)
        {
            _links = _links.Add(link);
        }

        return Result<Link>.Success(link);
    }

    /// <summary>Delivers one event to every link, on this thread.</summary>
    /// <returns>How many programs ran.</returns>
    public unsafe int Raise(Span<byte> data = default, EventOrigin origin = default)
    {
        ImmutableArray<FakeLink> links;
        lock (_gate)
        {
            links = _links;
        }

        int ran = 0;
        fixed (byte* bytes = data)
        {
            foreach (FakeLink link in links)
            {
                ran += link.TryDeliver(new MemoryRegion((nint)bytes, (nuint)data.Length, MemoryAccess.ReadWrite), origin) ? 1 : 0;
            }
        }

        return ran;
    }

    private sealed class FakeLink(FakeEventSource source, AttachRequest request) : Link(request, "skep.testing/source")
    {
        private readonly ReaderWriterLockSlim _delivering = new(LockRecursionPolicy.SupportsRecursion);
        private bool _isDetached;

        public bool TryDeliver(MemoryRegion data, EventOrigin origin)
        {
            _delivering.EnterReadLock();
            try
            {
                if (_isDetached)
                {
                    return false;
                }

                Deliver(data, origin);
                return true;
            }
            finally
            {
                _delivering.ExitReadLock();
            }
        }

        protected override void Detach()
        {
            lock (source._gate)
            {
                source._links = source._links.Remove(this);
            }

            if (_delivering.IsReadLockHeld)
            {
                // From inside its own event: that one is the last.
                Volatile.Write(ref _isDetached, true);
                return;
            }

            _delivering.EnterWriteLock();
            _isDetached = true;
            _delivering.ExitWriteLock();
        }
    }
}
