using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>A place in a frame's eBPF stack.</summary>
/// <param name="Offset">From R10, in bytes.</param>
internal readonly record struct StackPointer(int Frame, int Offset);

/// <summary>Which webs are an R10 plus a number, wherever they are read.</summary>
internal sealed class StackPointers
{
    private readonly StackPointer?[] _pointers;

    public StackPointers(MethodCode method, Webs webs)
    {
        _pointers = new StackPointer?[webs.Count];
        int[] definitions = new int[webs.Count];
        for (int step = 0; step < method.Steps.Count; step++)
        {
            if (webs.Written(step) is >= 0 and int web)
            {
                definitions[web]++;
            }
        }

        for (int variable = 0; variable < method.Variables; variable++)
        {
            if (webs.Entering(variable) is >= 0 and int web)
            {
                definitions[web]++;
            }
        }

        for (int step = 0; step < method.Steps.Count; step++)
        {
            if (webs.Written(step) is >= 0 and int web && definitions[web] == 1 && IsCopy(method.Steps[step]))
            {
                Step now = method.Steps[step];
                _pointers[web] = Moved(PointerOf(webs.Read(step, 0)), now);
            }
        }
    }

    /// <summary>The place that a web, or a frame's R10 (<c>~frame</c>), points to; null for anything else.</summary>
    public StackPointer? PointerOf(int web) => web < 0 ? new StackPointer(~web, 0) : _pointers[web];

    /// <summary>The step makes a pointer of a pointer.</summary>
    public static bool IsCopy(Step step) => step.Operation is Operation.Move64Register or Operation.Add64Immediate or Operation.Subtract64Immediate;

    private static StackPointer? Moved(StackPointer? pointer, Step step) => pointer is not { } origin ? null : step.Operation switch
    {
        Operation.Add64Immediate => origin with { Offset = (int)(origin.Offset + step.Immediate) },
        Operation.Subtract64Immediate => origin with { Offset = (int)(origin.Offset - step.Immediate) },
        _ => origin,
    };
}
