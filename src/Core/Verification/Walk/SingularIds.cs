using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>Scalars that share their id with no other: the id says nothing, and comparing it would tell equal states apart.</summary>
internal static class SingularIds
{
    public static void Clear(VerifierState state)
    {
        var count = new CountVisitor([]);
        WalkContext.VisitAll(state, ref count);
        if (count.Counts.Count == 0)
        {
            return;
        }

        var clear = new ClearVisitor(count.Counts);
        WalkContext.VisitAll(state, ref clear);
    }

    private readonly struct CountVisitor(Dictionary<int, int> counts) : IRegisterVisitor
    {
        public Dictionary<int, int> Counts => counts;

        public void Visit(ref RegisterState register)
        {
            if (register.Kind == ValueKind.Scalar && register.Id != 0)
            {
                counts[register.Id] = counts.GetValueOrDefault(register.Id) + 1;
            }
        }
    }

    private readonly struct ClearVisitor(Dictionary<int, int> counts) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.Kind == ValueKind.Scalar && register.Id != 0 && counts[register.Id] == 1)
            {
                register.Unlink();
            }
        }
    }
}
