using Skep.Contracts;
using Skep.Events.Interop;
using Skep.Events.Reading;
using Skep.Events.Rings;
using Skep.Events.Tracing;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Events;

/// <summary>
/// Kernel tracepoints and system calls on all processes and CPUs. A program's context is the tracepoint's record as the kernel's own tracepoint
/// programs see it, from common_type on.
/// </summary>
/// <remarks>
/// <para>Events of one CPU come in their order. Events of several CPUs are ordered by time, except those that another CPU was still writing.
/// All links of one attach point share a reader thread: a slow program delays the others, and the order between links is open.</para>
/// <para>Events of the reader thread itself are not delivered, because a program whose run makes a system call would otherwise run for ever. Those of
/// the process's other threads are delivered, and those of another runtime's reader.</para>
/// </remarks>
internal sealed class TracepointAttachPoint : IAttachPoint, IAvailability
{
    private static readonly TracepointName AnyTracepoint = new("sched", "sched_switch");

    private readonly PerfEventsOptions _options;
    private readonly EventReader _reader = new();

    public TracepointAttachPoint()
        : this(PerfEventsOptions.Default)
    {
    }

    public TracepointAttachPoint(PerfEventsOptions options) => _options = options;

    public AttachPointDescriptor Descriptor { get; } = new()
    {
        Name = "tracepoint",
        Description = "Tracepoints and system calls of the Linux kernel, on all processes but the reading thread.",
        ProgramTypes = ["tracepoint"],
        TargetSyntax = "CATEGORY/NAME",
    };

    public Finding? FindObstacle()
    {
        if (!SystemCalls.AreKnown)
        {
            return PerfFindings.NoSystem;
        }

        Result<TraceFileSystem> opened = TraceFileSystem.Open();
        if (!opened.IsSuccess)
        {
            return opened.Findings[0];
        }

        using TraceFileSystem tracing = opened.Value;
        if (tracing.FindNumber(AnyTracepoint, out ulong number) is { } finding)
        {
            return finding;
        }

        int cpu = CpuList.ReadOnline()[0];
        int error = PerfRing.Probe(cpu, number);
        return error == 0 ? null : PerfFindings.CannotOpen(new OpenFailure(OpenStep.Open, error), AnyTracepoint.ToString(), cpu, _options.BufferBytesPerCpu);
    }

    public Result<IReadOnlyList<AttachTarget>> ListTargets()
    {
        if (!SystemCalls.AreKnown)
        {
            return Result<IReadOnlyList<AttachTarget>>.Failure(PerfFindings.NoSystem);
        }

        Result<TraceFileSystem> opened = TraceFileSystem.Open();
        if (!opened.IsSuccess)
        {
            return Result<IReadOnlyList<AttachTarget>>.Failure(opened.Findings);
        }

        using TraceFileSystem tracing = opened.Value;
        Result<IReadOnlyList<TracepointName>> names = tracing.List();
        return names.IsSuccess
            ? Result<IReadOnlyList<AttachTarget>>.Success([.. names.Value.Select(name => new AttachTarget(name.ToString()))])
            : Result<IReadOnlyList<AttachTarget>>.Failure(names.Findings);
    }

    public Result<Link> Attach(AttachRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!SystemCalls.AreKnown)
        {
            return Result<Link>.Failure(PerfFindings.NoSystem);
        }

        if (!TracepointName.TryParse(request.Target, out TracepointName? name))
        {
            return Result<Link>.Failure(AttachRules.BadTarget.Error(
                Place.Nowhere, $"'{request.Target}' names no tracepoint; it is written {Descriptor.TargetSyntax}, such as {AnyTracepoint}"));
        }

        if (FindNumber(name, out ulong number) is { } finding)
        {
            return Result<Link>.Failure(finding);
        }

        Result<RingSet> rings = RingSet.Open(number, _options.BufferBytesPerCpu, name.ToString());
        return rings.IsSuccess ? Start(request, name, rings.Value) : Result<Link>.Failure(rings.Findings);
    }

    private static Finding? FindNumber(TracepointName name, out ulong number)
    {
        number = 0;
        Result<TraceFileSystem> opened = TraceFileSystem.Open();
        if (!opened.IsSuccess)
        {
            return opened.Findings[0];
        }

        using TraceFileSystem tracing = opened.Value;
        return tracing.FindNumber(name, out number);
    }

    private Result<Link> Start(AttachRequest request, TracepointName name, RingSet rings)
    {
        TracepointLink link;
        try
        {
            link = new TracepointLink(request, Descriptor.Name, rings);
        }
        catch
        {
            rings.Dispose();
            throw;
        }

        int error = link.Start(_reader);
        if (error == 0)
        {
            return Result<Link>.Success(link);
        }

        link.Dispose();
        return Result<Link>.Failure(PerfFindings.CannotStart(error, name.ToString()));
    }
}
