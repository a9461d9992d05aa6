using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>
/// Makes one web of two that a copy connects, when they are never live at once with different values. What matters are loops: clang has
/// the sum of this round in one register and that of the last round in another, and as two locals they cost copies and a jump
/// around them. Copies that are no part of a loop are left to the .NET JIT, which substitutes them.
/// </summary>
internal sealed class Coalescing
{
    private readonly MethodCode _method;
    private readonly MethodFlow _flow;
    private readonly Liveness _liveness;
    private readonly Webs _webs;
    private readonly Widths _widths;
    private readonly HashSet<int>[] _neighbours;
    private readonly int[] _definitions;

    private Coalescing(MethodCode method, MethodFlow flow, Liveness liveness, Webs webs)
    {
        _method = method;
        _flow = flow;
        _liveness = liveness;
        _webs = webs;
        _widths = new Widths(method, flow, webs);
        _neighbours = new HashSet<int>[webs.Count];
        _definitions = new int[webs.Count];
        for (int web = 0; web < webs.Count; web++)
        {
            _neighbours[web] = [];
        }
    }

    public static void Run(MethodCode method, MethodFlow flow, Liveness liveness, Webs webs)
    {
        var coalescing = new Coalescing(method, flow, liveness, webs);
        coalescing.FindNeighbours();
        coalescing.Merge();
    }

    private void FindNeighbours()
    {
        var live = new HashSet<int>();
        foreach (int web in _webs.EnteringAt(0))
        {
            _definitions[web]++;
            foreach (int other in _webs.EnteringAt(0))
            {
                Connect(web, other);
            }
        }

        for (int block = 0; block < _flow.Count; block++)
        {
            live.Clear();
            (int target, int next) = _flow.Successors(_method.Steps, block);
            live.UnionWith(target >= 0 ? _webs.EnteringAt(target) : []);
            live.UnionWith(next >= 0 ? _webs.EnteringAt(next) : []);
            for (int step = _flow.Bounds[block + 1] - 1; step >= _flow.Bounds[block]; step--)
            {
                WalkBack(step, live);
            }
        }
    }

    private void WalkBack(int step, HashSet<int> live)
    {
        if (_liveness.IsDead[step])
        {
            return;
        }

        int written = _webs.Written(step);
        if (written >= 0)
        {
            _definitions[written]++;

            // Both hold the same after it; half a copy makes them differ.
            int copied = IsCopy(_method.Steps[step]) && IsWhole(step) ? _webs.Read(step, 0) : -1;
            foreach (int other in live)
            {
                if (other != copied)
                {
                    Connect(written, other);
                }
            }

            live.Remove(written);
        }

        for (int use = 0; use < _webs.Reads(step); use++)
        {
            if (_webs.Read(step, use) is >= 0 and int web)
            {
                live.Add(web);
            }
        }
    }

    private void Merge()
    {
        for (int step = 0; step < _method.Steps.Count; step++)
        {
            Step now = _method.Steps[step];
            if (!IsCopy(now) || _liveness.IsDead[step] || _webs.Read(step, 0) < 0)
            {
                continue;
            }

            int destination = _webs.Merged(_webs.Written(step));
            int source = _webs.Merged(_webs.Read(step, 0));
            bool isInLoop = _definitions[destination] > 1 || _definitions[source] > 1;
            bool isSameWidth = _widths.IsZeroExtended(_webs.Read(step, 0)) == _widths.IsZeroExtended(_webs.Written(step));
            if (destination == source || !isInLoop || !isSameWidth || !IsWhole(step) || _neighbours[destination].Contains(source))
            {
                continue;
            }

            Join(destination, source);
        }

        _webs.Renumber();
    }

    private void Join(int kept, int gone)
    {
        _webs.Merge(kept, gone);
        _definitions[kept] += _definitions[gone];
        foreach (int other in _neighbours[gone])
        {
            _neighbours[other].Remove(gone);
            Connect(kept, other);
        }
    }

    private void Connect(int web, int other)
    {
        if (web != other)
        {
            _neighbours[web].Add(other);
            _neighbours[other].Add(web);
        }
    }

    /// <summary>Whether a copy leaves nothing out.</summary>
    private bool IsWhole(int step) => _method.Steps[step].Operation == Operation.Move64Register || _widths.IsZeroExtended(_webs.Read(step, 0));

    private static bool IsCopy(in Step step) => step.Operation is Operation.Move64Register or Operation.Move32Register;
}
