using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Numbers that are copies of each other, or differ by a constant: what is learnt of one is learnt of all.</summary>
internal sealed class LinkedScalars(WalkContext context)
{
    /// <param name="known">The number of which something was learnt, with what is known now.</param>
    public void Follow(VerifierState state, in RegisterState known)
    {
        if (known.Id == 0)
        {
            return;
        }

        // First one node for all: what counts of one counts of every other, since it came from them.
        var gather = new GatherVisitor(context.Provenance, known.Id, known.Node);
        WalkContext.VisitAll(state, ref gather);
        var spread = new SpreadVisitor(known, gather.Node);
        WalkContext.VisitAll(state, ref spread);
    }

    private struct GatherVisitor(Provenance provenance, int id, int node) : IRegisterVisitor
    {
        public int Node = node;

        public void Visit(ref RegisterState register)
        {
            if (register.Kind == ValueKind.Scalar && register.Id == id && register.Node != Node)
            {
                Node = provenance.Add(Node, register.Node);
            }
        }
    }

    private readonly struct SpreadVisitor(RegisterState known, int node) : IRegisterVisitor
    {
        private readonly RegisterState _known = known;

        public void Visit(ref RegisterState register)
        {
            if (register.Kind != ValueKind.Scalar || register.Id != _known.Id)
            {
                return;
            }

            register.Node = node;
            if (register.Delta == _known.Delta)
            {
                register.Number = _known.Number;
                return;
            }

            long step = (long)register.Delta - _known.Delta;
            register.Number = ScalarAlu.Add64(_known.Number, Scalar.Constant((ulong)step));
        }
    }
}
