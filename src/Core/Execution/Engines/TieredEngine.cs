using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution.Calls;

namespace Skep.Execution.Engines;

/// <summary>
/// Counts runs until there were so many that a slower compiler's faster code pays, and then asks for it, once. The count is of no use afterwards, so the program puts
/// another engine in the place of this one, whether there is better code or not.
/// </summary>
/// <param name="first">Runs the program until then.</param>
/// <param name="compile">Makes what runs it from then on, where something can.</param>
internal sealed class TieredEngine(ProgramEngine first, int hotRuns, Func<HotCode> compile) : ProgramEngine
{
    // Written by whoever runs, without care: a run that is lost does no harm.
    private int _runs;
    private int _isAsked;

    public ProgramEngine First => first;

    public override string Name => first.Name;

    public override int CodeBytes => first.CodeBytes;

    public override bool IsBare => first.IsBare;

    public override int JumpType
    {
        get => first.JumpType;
        set => first.JumpType = value;
    }

    // Jumps are not counted: who asks for a faster engine are runs that come from elsewhere.
    public override JumpPlace? JumpPlace => first.JumpPlace;

    /// <summary>Called once, on the thread of the run that makes the program hot; hands the work to another one.</summary>
    public Action? OnHot { get; set; }

    public HotCode CompileHot() => compile();

    public override unsafe ulong Run(Invocation* invocation, in ProgramEntry entry)
    {
        Count();
        return first.Run(invocation, entry);
    }

    public override ulong RunBare(ulong r1, ulong r2)
    {
        Count();
        return first.RunBare(r1, r2);
    }

    public override unsafe ulong Continue(Invocation* invocation, in ProgramEntry entry)
    {
        Count();
        return first.Continue(invocation, entry);
    }

    public override void Dispose() => first.Dispose();

    private void Count()
    {
        int runs = _runs;
        if (runs < hotRuns)
        {
            _runs = ++runs;

            // Nobody writes a number that no one has counted to, so someone counts to this one.
            if (runs == hotRuns)
            {
                Ask();
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Ask()
    {
        try
        {
            if (Interlocked.Exchange(ref _isAsked, 1) == 0)
            {
                OnHot?.Invoke();
            }
        }
        catch (OutOfMemoryException)
        {
            // A run must not end for it; the program stays where it is.
        }
    }
}
