using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>
/// Finds where bits are counted: eBPF has no instruction for it, so that clang makes the well-known sums in parallel of
/// <c>__builtin_popcount</c>, and most processors have one. What led to the count is not removed; nobody reads it then.
/// </summary>
internal sealed class PopulationCounts
{
    private const ulong Pairs = 0x5555_5555_5555_5555;
    private const ulong Nibbles = 0x3333_3333_3333_3333;
    private const ulong Bytes = 0x0f0f_0f0f_0f0f_0f0f;
    private const ulong Sum = 0x0101_0101_0101_0101;
    private const int None = -1;

    private readonly MethodCode _method;
    private readonly MethodFlow _flow;
    private readonly Webs _webs;

    // By web: the one step that writes it; None where there are several, or where the method begins with it.
    private readonly int[] _definitions;
    private readonly Dictionary<int, int> _counted = [];
    private bool _isWide;
    private int _block;

    public PopulationCounts(MethodCode method, MethodFlow flow, Webs webs)
    {
        _method = method;
        _flow = flow;
        _webs = webs;
        _definitions = DefinitionsOf(method, webs);
        for (int step = 0; step < method.Steps.Count; step++)
        {
            if (webs.Written(step) >= 0 && Match(step) is >= 0 and int operand)
            {
                _counted[step] = operand;
            }
        }
    }

    /// <summary>The web whose bits a step counts: all of them, or those of the low half where the step is of 32 bits; -1 for any other step.</summary>
    public int Counted(int step) => _counted.GetValueOrDefault(step, None);

    private static int[] DefinitionsOf(MethodCode method, Webs webs)
    {
        int[] definitions = new int[webs.Count];
        int[] counts = new int[webs.Count];
        foreach (int web in webs.EnteringAt(0))
        {
            counts[web]++;
        }

        for (int step = 0; step < method.Steps.Count; step++)
        {
            if (webs.Written(step) is >= 0 and int web)
            {
                counts[web]++;
                definitions[web] = step;
            }
        }

        for (int web = 0; web < webs.Count; web++)
        {
            definitions[web] = counts[web] == 1 ? definitions[web] : None;
        }

        return definitions;
    }

    /// <summary>x -= x >> 1 &amp; 5555…; x = (x &amp; 3333…) + (x >> 2 &amp; 3333…); x = (x + (x >> 4)) &amp; 0f0f…; x = x * 0101… >> 56.</summary>
    private int Match(int step)
    {
        Step now = _method.Steps[step];
        if (now is not ({ Operation: Operation.ShiftRight64Immediate, Immediate: 56 } or { Operation: Operation.ShiftRight32Immediate, Immediate: 24 }))
        {
            return None;
        }

        _isWide = now.Row.Is64Bit;
        _block = _flow.BlockAt(step);
        int bytes = WithConstant(WithConstant(_webs.Read(step, 0), AluOperator.Multiply, Sum), AluOperator.And, Bytes);
        if (!TryOperands(bytes, AluOperator.Add, out int left, out int right))
        {
            return None;
        }

        int nibbles = Shifted(right, 4) is >= 0 and int shifted && shifted == Root(left) ? shifted : Shifted(left, 4) == Root(right) ? Root(right) : None;
        if (!TryOperands(nibbles, AluOperator.Add, out left, out right))
        {
            return None;
        }

        (left, right) = (WithConstant(left, AluOperator.And, Nibbles), WithConstant(right, AluOperator.And, Nibbles));
        int pairs = Shifted(right, 2) is >= 0 and int low && low == Root(left) ? low : Shifted(left, 2) == Root(right) ? Root(right) : None;
        return TryOperands(pairs, AluOperator.Subtract, out left, out right)
            && Shifted(WithConstant(right, AluOperator.And, Pairs), 1) is >= 0 and int operand && operand == Root(left)
            ? operand
            : None;
    }

    /// <summary>The other operand, where a web is an operation with that constant.</summary>
    private int WithConstant(int web, AluOperator alu, ulong constant)
    {
        int definition = Definition(web, alu);
        if (definition == None)
        {
            return None;
        }

        ulong expected = _isWide ? constant : (uint)constant;
        Step now = _method.Steps[definition];
        if (now.Row.Shape == InstructionShape.AluImmediate)
        {
            return (ulong)now.Immediate == expected ? _webs.Read(definition, 0) : None;
        }

        return Constant(_webs.Read(definition, 1)) == expected ? _webs.Read(definition, 0)
            : Constant(_webs.Read(definition, 0)) == expected ? _webs.Read(definition, 1)
            : None;
    }

    private bool TryOperands(int web, AluOperator alu, out int left, out int right)
    {
        int definition = Definition(web, alu);
        bool hasTwo = definition != None && _webs.Reads(definition) == 2;
        (left, right) = hasTwo ? (_webs.Read(definition, 0), _webs.Read(definition, 1)) : (None, None);
        return hasTwo;
    }

    /// <summary>What is shifted to the right by a number of bits.</summary>
    private int Shifted(int web, int count)
    {
        int definition = Definition(web, AluOperator.ShiftRight);
        return definition != None && _method.Steps[definition] is { Row.Shape: InstructionShape.AluImmediate } now && now.Immediate == count
            ? Root(_webs.Read(definition, 0))
            : None;
    }

    /// <summary>The step that makes a web by an operation of the width that is looked for, in the same block.</summary>
    private int Definition(int web, AluOperator alu)
    {
        int root = Root(web);
        int definition = root < 0 ? None : _definitions[root];
        return definition != None && _flow.BlockAt(definition) == _block
            && _method.Steps[definition] is { Operation: not Operation.Invalid } step && step.Row.Alu == alu && step.Row.Is64Bit == _isWide
            ? definition
            : None;
    }

    private ulong? Constant(int web)
    {
        int root = Root(web);
        return root >= 0 && _definitions[root] != None && _method.Steps[_definitions[root]] is { Operation: Operation.LoadImmediate64 or Operation.Move64Immediate } step
            ? (ulong)step.Immediate
            : null;
    }

    /// <summary>The web that a web is a copy of, at last; -1 for what is written more than once.</summary>
    private int Root(int web)
    {
        while (web >= 0 && _definitions[web] is not None and int definition)
        {
            Step step = _method.Steps[definition];
            bool isCopy = step.Operation == Operation.Move64Register || (!_isWide && step.Operation == Operation.Move32Register);
            if (!isCopy || _webs.Read(definition, 0) < 0 || _definitions[_webs.Read(definition, 0)] == None)
            {
                return web;
            }

            web = _webs.Read(definition, 0);
        }

        return None;
    }
}
