using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>
/// A variable that is written in two places for two purposes is two webs: the definitions and the reads that belong together. Each
/// becomes a local of its own, so that the .NET JIT sees short ranges with few definitions, which it can substitute, type and place well.
/// </summary>
internal sealed class Webs
{
    private readonly MethodCode _method;
    private readonly MethodFlow _flow;
    private readonly Liveness _liveness;
    private readonly Operands _operands;
    private readonly List<int> _parents = [];
    private readonly List<int> _variables = [];
    private readonly Dictionary<int, int>[] _entering;
    private readonly int[] _written;
    private readonly int[] _firstRead;
    private readonly List<int> _reads = [];

    public Webs(MethodCode method, MethodFlow flow, Liveness liveness, Operands operands)
    {
        _method = method;
        _flow = flow;
        _liveness = liveness;
        _operands = operands;
        _written = new int[method.Steps.Count];
        _firstRead = new int[method.Steps.Count];
        _entering = new Dictionary<int, int>[flow.Count];
        for (int block = 0; block < flow.Count; block++)
        {
            var entering = new Dictionary<int, int>();
            liveness.ForEachLiveIn(block, variable => entering[variable] = NewNode(variable));
            _entering[block] = entering;
        }

        int[] current = new int[method.Variables];
        for (int block = 0; block < flow.Count; block++)
        {
            Walk(block, current);
        }

        Count = Number();
    }

    public int Count { get; private set; }

    /// <summary>By web: the variable that it is a part of.</summary>
    public int[] VariableOf { get; private set; } = [];

    /// <summary>The web that a step writes, or -1.</summary>
    public int Written(int step) => _written[step];

    /// <summary>What a step reads, in the order of <see cref="Operands.Read"/>: a web, or for the R10 of frame n the number <c>~n</c>.</summary>
    public int Read(int step, int index) => _reads[_firstRead[step] + index];

    /// <summary>How many a step reads; 0 for a dead one.</summary>
    public int Reads(int step) => (step + 1 < _firstRead.Length ? _firstRead[step + 1] : _reads.Count) - _firstRead[step];

    /// <summary>The web of a variable at the start of the method; -1 when it is not live there.</summary>
    public int Entering(int variable) => _entering[0].GetValueOrDefault(variable, -1);

    /// <summary>The webs that are live at the start of a block.</summary>
    public IEnumerable<int> EnteringAt(int block) => _entering[block].Values;

    /// <summary>Makes one of two webs; numbers stay as they are until <see cref="Renumber"/>.</summary>
    public void Merge(int kept, int gone) => _parents[Find(gone)] = Find(kept);

    /// <summary>The web that a web has become part of; itself where it was not merged.</summary>
    public int Merged(int web) => Find(web);

    public void Renumber() => Count = Number();

    private void Walk(int block, int[] current)
    {
        Dictionary<int, int> entering = _entering[block];
        foreach ((int variable, int node) in entering)
        {
            current[variable] = node;
        }

        Span<int> read = stackalloc int[Operands.MaxReads];
        for (int i = _flow.Bounds[block]; i < _flow.Bounds[block + 1]; i++)
        {
            Step step = _method.Steps[i];
            _firstRead[i] = _reads.Count;
            _written[i] = -1;
            if (_liveness.IsDead[i])
            {
                continue;
            }

            int count = _operands.Read(step, read);
            for (int use = 0; use < count; use++)
            {
                int frame = _method.FrameOf(read[use]);
                _reads.Add(frame >= 0 ? ~frame : current[read[use]]);
            }

            int written = Operands.Written(step);
            if (written >= 0)
            {
                _written[i] = current[written] = NewNode(written);
            }
        }

        (int target, int next) = _flow.Successors(_method.Steps, block);
        Join(target, current);
        Join(next, current);
    }

    private void Join(int successor, int[] current)
    {
        if (successor < 0)
        {
            return;
        }

        foreach ((int variable, int node) in _entering[successor])
        {
            _parents[Find(node)] = Find(current[variable]);
        }
    }

    private int NewNode(int variable)
    {
        _parents.Add(_parents.Count);
        _variables.Add(variable);
        return _parents.Count - 1;
    }

    private int Find(int node)
    {
        while (_parents[node] != node)
        {
            _parents[node] = _parents[_parents[node]];
            node = _parents[node];
        }

        return node;
    }

    /// <summary>Gives the webs dense numbers, in the order of their first node.</summary>
    private int Number()
    {
        int[] numbers = new int[_parents.Count];
        Array.Fill(numbers, -1);
        var variables = new List<int>();
        int Of(int node)
        {
            int root = Find(node);
            if (numbers[root] < 0)
            {
                numbers[root] = variables.Count;
                variables.Add(_variables[root]);
            }

            return numbers[root];
        }

        for (int i = 0; i < _reads.Count; i++)
        {
            _reads[i] = _reads[i] < 0 ? _reads[i] : Of(_reads[i]);
        }

        for (int i = 0; i < _written.Length; i++)
        {
            _written[i] = _written[i] < 0 ? -1 : Of(_written[i]);
        }

        foreach (Dictionary<int, int> entering in _entering)
        {
            foreach (int variable in entering.Keys.ToArray())
            {
                entering[variable] = Of(entering[variable]);
            }
        }

        VariableOf = [.. variables];
        _parents.Clear();
        _parents.AddRange(Enumerable.Range(0, variables.Count));
        _variables.Clear();
        _variables.AddRange(variables);
        return variables.Count;
    }
}
