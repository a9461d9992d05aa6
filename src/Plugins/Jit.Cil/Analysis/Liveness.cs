using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>Which variables are read later. What only computes something that nobody reads is dead, and reads nothing itself.</summary>
internal sealed class Liveness
{
    private const int BitsAWord = 64;

    private readonly MethodCode _method;
    private readonly MethodFlow _flow;
    private readonly Operands _operands;
    private readonly int _words;
    private readonly ulong[] _liveIn;

    public Liveness(MethodCode method, MethodFlow flow, Operands operands)
    {
        _method = method;
        _flow = flow;
        _operands = operands;
        _words = (method.Variables + BitsAWord - 1) / BitsAWord;
        _liveIn = new ulong[_words * flow.Count];
        IsDead = new bool[method.Steps.Count];
        Solve();
    }

    /// <summary>By step.</summary>
    public bool[] IsDead { get; }

    public bool IsLiveIn(int block, int variable) => (_liveIn[(block * _words) + (variable / BitsAWord)] >> (variable % BitsAWord) & 1) != 0;

    /// <summary>Calls <paramref name="action"/> for each variable that is live at the start of a block.</summary>
    public void ForEachLiveIn(int block, Action<int> action)
    {
        for (int word = 0; word < _words; word++)
        {
            for (ulong bits = _liveIn[(block * _words) + word]; bits != 0; bits &= bits - 1)
            {
                action((word * BitsAWord) + System.Numerics.BitOperations.TrailingZeroCount(bits));
            }
        }
    }

    private void Solve()
    {
        List<int>[] predecessors = Predecessors();
        var work = new Stack<int>(Enumerable.Range(0, _flow.Count));
        bool[] isWaiting = new bool[_flow.Count];
        Array.Fill(isWaiting, true);
        ulong[] live = new ulong[_words];
        while (work.TryPop(out int block))
        {
            isWaiting[block] = false;
            CollectLiveOut(block, live);
            WalkBack(block, live);
            Span<ulong> before = _liveIn.AsSpan(block * _words, _words);
            if (before.SequenceEqual(live))
            {
                continue;
            }

            live.CopyTo(before);
            foreach (int predecessor in predecessors[block])
            {
                if (!isWaiting[predecessor])
                {
                    isWaiting[predecessor] = true;
                    work.Push(predecessor);
                }
            }
        }
    }

    private List<int>[] Predecessors()
    {
        var predecessors = new List<int>[_flow.Count];
        for (int block = 0; block < _flow.Count; block++)
        {
            predecessors[block] = [];
        }

        for (int block = 0; block < _flow.Count; block++)
        {
            (int target, int next) = _flow.Successors(_method.Steps, block);
            if (target >= 0)
            {
                predecessors[target].Add(block);
            }

            if (next >= 0)
            {
                predecessors[next].Add(block);
            }
        }

        return predecessors;
    }

    private void CollectLiveOut(int block, ulong[] live)
    {
        Array.Clear(live);
        (int target, int next) = _flow.Successors(_method.Steps, block);
        for (int word = 0; word < _words; word++)
        {
            live[word] = (target >= 0 ? _liveIn[(target * _words) + word] : 0) | (next >= 0 ? _liveIn[(next * _words) + word] : 0);
        }
    }

    private void WalkBack(int block, ulong[] live)
    {
        Span<int> read = stackalloc int[Operands.MaxReads];
        for (int i = _flow.Bounds[block + 1] - 1; i >= _flow.Bounds[block]; i--)
        {
            Step step = _method.Steps[i];
            int written = Operands.Written(step);
            bool isRead = written < 0 || (live[written / BitsAWord] >> (written % BitsAWord) & 1) != 0;
            IsDead[i] = !isRead && Operands.IsPure(step);
            if (IsDead[i])
            {
                continue;
            }

            if (written >= 0)
            {
                live[written / BitsAWord] &= ~(1UL << (written % BitsAWord));
            }

            int count = _operands.Read(step, read);
            for (int use = 0; use < count; use++)
            {
                if (_method.FrameOf(read[use]) < 0)
                {
                    live[read[use] / BitsAWord] |= 1UL << (read[use] % BitsAWord);
                }
            }
        }
    }
}
