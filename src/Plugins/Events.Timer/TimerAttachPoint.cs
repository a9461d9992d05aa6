using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Events;

/// <summary>
/// Runs programs at a steady rate: at once when attached, then once a period counted from there. A tick that is due while the one before
/// it still runs waits; of several, only the last runs and the others count as lost. Ticks run on the running thread: there is no other process
/// behind the event.
/// </summary>
/// <remarks>
/// It drives <c>timer</c> programs, and <c>raw</c> ones on the memory of the same context. Not <c>perf_event</c>: those expect the registers and the
/// period of a sample, which a timer has none of.
/// </remarks>
public sealed class TimerAttachPoint(TimeProvider time) : IAttachPoint
{
    private const string Name = "timer";

    private static readonly AttachTarget[] Examples =
    [
        new("100us", "ten thousand times a second, the shortest period"),
        new("10ms", "a hundred times a second"),
        new("1m", "every minute"),
        new("1s", "every second"),
        new("24h", "every day, the longest period"),
        new("500ms", "twice a second"),
    ];

    public AttachPointDescriptor Descriptor { get; } = new()
    {
        Name = Name,
        Description = "Runs at once, then again and again after the same time.",
        ProgramTypes = ["timer", "raw"],
        TargetSyntax = TimerPeriod.Syntax,
    };

    /// <summary>Examples: every duration within the limits is a target.</summary>
    public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success(Examples);

    public Result<Link> Attach(AttachRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!TimerPeriod.TryParse(request.Target, out long period, out string? problem))
        {
            LoadedProgram program = request.Program;
            var place = new Place { File = program.Lowered.Spec.ObjectName, Object = program.Name };
            return Result<Link>.Failure(AttachRules.BadTarget.Error(place, problem, $"Write {TimerPeriod.Syntax}, for example 500ms, 1s or 2m."));
        }

        var link = new TimerLink(request, Name, new TickSource(time), period);
        link.Start();
        return Result<Link>.Success(link);
    }
}
