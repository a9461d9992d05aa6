using Skep.Verification.State;

namespace Skep.Verification.Facts;

/// <summary>By slot: the one value that the register operand had on every path, where every path needed it to be that value.</summary>
internal sealed class ConstantFacts(int slots)
{
    private readonly Entry[] _entries = new Entry[slots];
    private readonly List<(int Slot, int Node)> _open = [];

    private enum Standing : byte
    {
        Unseen,
        Constant,
        Varies,
    }

    public void Add(int slot, in RegisterState operand)
    {
        ref Entry entry = ref _entries[slot];
        if (entry.Standing == Standing.Varies)
        {
            return;
        }

        if (!operand.IsConstant || (entry.Standing == Standing.Constant && entry.Value != operand.Number.ConstantValue))
        {
            entry.Standing = Standing.Varies;
            return;
        }

        entry = new Entry(Standing.Constant, operand.Number.ConstantValue);
        _open.Add((slot, operand.Node));
    }

    public void Settle(Provenance provenance)
    {
        foreach ((int slot, int node) in _open)
        {
            if (!provenance.IsPrecise(node))
            {
                _entries[slot].Standing = Standing.Varies;
            }
        }

        _open.Clear();
    }

    public Dictionary<int, ulong> ToDictionary()
    {
        var constants = new Dictionary<int, ulong>();
        for (int slot = 0; slot < _entries.Length; slot++)
        {
            if (_entries[slot].Standing == Standing.Constant)
            {
                constants[slot] = _entries[slot].Value;
            }
        }

        return constants;
    }

    private record struct Entry(Standing Standing, ulong Value);
}
