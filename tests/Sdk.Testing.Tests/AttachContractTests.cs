using Skep.Contracts;
using Skep.Findings;
using Skep.Testing;

namespace Skep.Sdk.Testing.Tests;

/// <summary>Each defect of an event source is seen by the test that is there for it.</summary>
public sealed class AttachContractTests
{
    [Fact]
    public void Events_after_detaching_are_seen()
        => ShouldFail.With<Late>(nameof(AttachPointContract.After_detaching_nothing_runs_and_nothing_is_held), "after its link was disposed");

    [Fact]
    public void Bad_targets_that_are_taken_are_seen()
        => ShouldFail.With<Greedy>(nameof(AttachPointContract.Bad_targets_are_findings_and_leave_nothing_behind), "was attached to");

    [Fact]
    public void Bad_targets_that_make_it_throw_are_seen()
        => ShouldFail.With<Throwing>(nameof(AttachPointContract.Bad_targets_are_findings_and_leave_nothing_behind), "made the attach point throw");

    [Fact]
    public void Targets_out_of_order_are_seen()
        => ShouldFail.With<Greedy>(nameof(AttachPointContract.Targets_are_sorted_or_findings_say_why_there_are_none), "");

    [Fact]
    public void What_stays_open_is_seen()
        => ShouldFail.With<Open>(nameof(AttachPointContract.Links_that_come_and_go_leave_nothing_behind), "");

    /// <summary>The kit's own source keeps the contract.</summary>
    public sealed class Fake : AttachPointContract
    {
        private readonly FakeEventSource _source = new("acme/event");

        protected override IProgramType ProgramType => new FakeProgramType("acme/event");

        protected override string Target => "anything";

        // All are good here; that bad ones are seen is tested by the others.
        protected override IEnumerable<string> BadTargets => ["never"];

        protected override IAttachPoint Create() => new Picky(_source, static () => AttachRefusal);

        protected override void Cause() => _source.Raise();
    }

    private static readonly Rule Bad = new("SKEP9999", "a bad target", "Write anything but never.");

    private static Result<Link> AttachRefusal => Result<Link>.Failure(Bad.Error(Place.Nowhere, "never is no target"));

    /// <summary>A source that answers one target itself.</summary>
    private sealed class Picky(FakeEventSource source, Func<Result<Link>?> never) : IAttachPoint
    {
        public AttachPointDescriptor Descriptor { get; } = source.Descriptor;

        public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success([new("b"), new("c")]);

        public Result<Link> Attach(AttachRequest request) => request.Target == "never" && never() is { } answer ? answer : source.Attach(request);
    }

    internal sealed class Throwing : AttachPointContract
    {
        private readonly FakeEventSource _source = new("acme/event");

        protected override IProgramType ProgramType => new FakeProgramType("acme/event");

        protected override string Target => "anything";

        protected override IEnumerable<string> BadTargets => ["never"];

        protected override IAttachPoint Create() => new Picky(_source, static () => throw new FormatException());

        protected override void Cause() => _source.Raise();
    }

    internal sealed class Open : AttachPointContract
    {
        private readonly FakeEventSource _source = new("acme/event");

        protected override IProgramType ProgramType => new FakeProgramType("acme/event");

        protected override string Target => "anything";

        protected override IEnumerable<string> BadTargets => ["never"];

        protected override int OpenResources => 1;

        protected override IAttachPoint Create() => new Picky(_source, static () => AttachRefusal);

        protected override void Cause() => _source.Raise();
    }

    internal sealed class Late : AttachPointContract
    {
        private readonly Careless _point = new();

        protected override IProgramType ProgramType => new FakeProgramType("acme/event");

        protected override string Target => "anything";

        protected override IEnumerable<string> BadTargets => [""];

        protected override IAttachPoint Create() => _point;

        protected override void Cause() => _point.Raise();
    }

    internal sealed class Greedy : AttachPointContract
    {
        private readonly Careless _point = new();

        protected override IProgramType ProgramType => new FakeProgramType("acme/event");

        protected override string Target => "anything";

        protected override IEnumerable<string> BadTargets => [""];

        protected override IAttachPoint Create() => _point;

        protected override void Cause() => _point.Raise();
    }

    /// <summary>Takes every target, lists them out of order, and goes on after a link was detached.</summary>
    private sealed class Careless : IAttachPoint
    {
        private readonly List<CarelessLink> _links = [];

        public AttachPointDescriptor Descriptor { get; } = new() { Name = "acme/careless", Description = "Goes on for ever.", ProgramTypes = ["acme/event"], TargetSyntax = "anything" };

        public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success([new("b"), new("a")]);

        public Result<Link> Attach(AttachRequest request)
        {
            var link = new CarelessLink(request);
            _links.Add(link);
            return Result<Link>.Success(link);
        }

        public void Raise() => _links.ForEach(link => link.Raise());
    }

    private sealed class CarelessLink(AttachRequest request) : Link(request, "acme/careless")
    {
        public void Raise() => Deliver(MemoryRegion.None, EventOrigin.None);

        protected override void Detach()
        {
        }
    }
}
