using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>Scalars that share their id with no other: the id says nothing, and comparing it would tell equal states apart. Not thread-safe.</summary>
internal sealed class SingularIds
{
    private int[] _ids = new int[64];
    private int _count;

    public void Clear(VerifierState state)
    {
        _count = 0;
        var gather = new GatherVisitor(this);
        WalkContext.VisitAll(state, ref gather);
        if (_count > 0)
        {
            Array.Sort(_ids, 0, _count);
            var clear = new ClearVisitor(this);
            WalkContext.VisitAll(state, ref clear);
        }
    }

    private void Add(int id)
    {
        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
        }

        _ids[_count++] = id;
    }

    private bool IsSingular(int id)
    {
        int at = Array.BinarySearch(_ids, 0, _count, id);
        return (at == 0 || _ids[at - 1] != id) && (at == _count - 1 || _ids[at + 1] != id);
    }

    private readonly struct GatherVisitor(SingularIds ids) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.Kind == ValueKind.Scalar && register.Id != 0)
            {
                ids.Add(register.Id);
            }
        }
    }

    private readonly struct ClearVisitor(SingularIds ids) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.Kind == ValueKind.Scalar && register.Id != 0 && ids.IsSingular(register.Id))
            {
                register.Unlink();
            }
        }
    }
}
