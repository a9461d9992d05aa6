using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>What the emitter needs to know of a method.</summary>
internal sealed class MethodAnalysis
{
    // The .NET JIT tracks 1,024 locals, its own included; what is beyond lives in memory.
    private const int MaxLocals = 768;

    private readonly bool[] _needsStack;
    private readonly bool[] _isRead;

    private MethodAnalysis(MethodCode method, Operands operands)
    {
        Operands = operands;
        Flow = new MethodFlow(method.Steps);
        Liveness = new Liveness(method, Flow, operands);
        Webs = new Webs(method, Flow, Liveness, operands);
        SharesLocals = Webs.Count > MaxLocals;
        if (!SharesLocals)
        {
            Coalescing.Run(method, Flow, Liveness, Webs);
        }

        Stack = new StackPointers(method, Webs);
        Widths = new Widths(method, Flow, Webs);
        PopulationCounts = SharesLocals ? null : new PopulationCounts(method, Flow, Webs);
        _needsStack = new bool[method.Frames.Count];
        _isRead = new bool[Webs.Count];
        FindReads(method);
    }

    public Operands Operands { get; }

    public MethodFlow Flow { get; }

    public Liveness Liveness { get; }

    public Webs Webs { get; }

    public StackPointers Stack { get; }

    public Widths Widths { get; }

    /// <summary>Null where webs share locals: what is counted may be overwritten there.</summary>
    public PopulationCounts? PopulationCounts { get; }

    /// <summary>There are so many webs that those of one variable share a local.</summary>
    public bool SharesLocals { get; }

    public bool NeedsStack(int frame) => _needsStack[frame];

    public bool IsRead(int web) => _isRead[web];

    /// <summary>Moves stack slots into variables (which changes the method), then looks at what there is.</summary>
    public static MethodAnalysis Of(MethodCode method, Operands operands)
    {
        if (method.Frames.Exists(frame => frame.StackBytes > 0))
        {
            var flow = new MethodFlow(method.Steps);
            var webs = new Webs(method, flow, new Liveness(method, flow, operands), operands);
            StackPromotion.Run(method, webs, new StackPointers(method, webs));
        }

        return new MethodAnalysis(method, operands);
    }

    private void FindReads(MethodCode method)
    {
        for (int step = 0; step < method.Steps.Count; step++)
        {
            for (int use = 0; use < Webs.Reads(step); use++)
            {
                int web = Webs.Read(step, use);
                if (web >= 0)
                {
                    _isRead[web] = true;
                }

                if (Stack.PointerOf(web) is { } pointer)
                {
                    _needsStack[pointer.Frame] = true;
                }
            }
        }
    }
}
