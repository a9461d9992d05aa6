namespace Skep.Verification.Walk;

/// <summary>Which id of a kept state stands for which of the state that is compared with it: one to one.</summary>
internal sealed class IdMap
{
    private (int Old, int Current)[] _pairs = new (int, int)[64];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Whether the two may stand for each other; from then on they do. 0 stands for 0 only.</summary>
    public bool Match(int old, int current)
    {
        if (old == 0 || current == 0)
        {
            return old == current;
        }

        for (int i = 0; i < _count; i++)
        {
            if (_pairs[i].Old == old)
            {
                return _pairs[i].Current == current;
            }

            if (_pairs[i].Current == current)
            {
                return false;
            }
        }

        if (_count == _pairs.Length)
        {
            Array.Resize(ref _pairs, _count * 2);
        }

        _pairs[_count++] = (old, current);
        return true;
    }
}
