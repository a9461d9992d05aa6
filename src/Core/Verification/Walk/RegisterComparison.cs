using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>How much of a kept state another one must match.</summary>
internal enum Comparison : byte
{
    /// <summary>What the kept state's paths needed. Right only when they are complete.</summary>
    Needed,

    /// <summary>All of it: every value lies within the kept one.</summary>
    Within,

    /// <summary>All of it, the same.</summary>
    Same,
}

/// <summary>Whether whatever is true of a kept register is true of a register now.</summary>
internal static class RegisterComparison
{
    public static bool Matches(in RegisterState old, in RegisterState now, Comparison comparison, Provenance provenance, IdMap ids)
    {
        if (comparison == Comparison.Same)
        {
            return IsSame(old, now, ids);
        }

        if (old.Kind == ValueKind.Uninitialized)
        {
            return true;
        }

        if (old.Kind != now.Kind)
        {
            return false;
        }

        return old.Kind == ValueKind.Scalar
            ? MatchesScalar(old, now, comparison, provenance, ids)
            : MatchesPointer(old, now, ids);
    }

    private static bool MatchesScalar(in RegisterState old, in RegisterState now, Comparison comparison, Provenance provenance, IdMap ids)
    {
        if (comparison == Comparison.Needed && !provenance.IsPrecise(old.Node))
        {
            return true;
        }

        if (!now.Number.IsWithin(old.Number))
        {
            return false;
        }

        // What was linked must be; what is linked besides only tells more.
        return old.Id == 0 || (old.Delta == now.Delta && now.Id != 0 && ids.Match(old.Id, now.Id));
    }

    private static bool MatchesPointer(in RegisterState old, in RegisterState now, IdMap ids)
    {
        if (old.MayBeNull != now.MayBeNull || old.Target != now.Target || old.Access != now.Access || old.Frame != now.Frame
            || old.Offset != now.Offset || !now.Number.IsWithin(old.Number))
        {
            return false;
        }

        bool isLongEnough = old.Kind is ValueKind.Packet or ValueKind.PacketMeta && old.Range >= 0 ? old.Range <= now.Range : old.Range == now.Range;
        return isLongEnough
            && (old.Id == 0 || ids.Match(old.Id, now.Id))
            && ids.Match(old.Reference, now.Reference)
            && (old.Kind != ValueKind.Stack || IsSameOffset(old, now));
    }

    // The stack is known byte by byte: a pointer with more room in it would have read and written other bytes.
    private static bool IsSameOffset(in RegisterState old, in RegisterState now) => old.Number.IsWithin(now.Number);

    private static bool IsSame(in RegisterState old, in RegisterState now, IdMap ids)
        => old.Kind == now.Kind && old.MayBeNull == now.MayBeNull && old.Target == now.Target && old.Access == now.Access && old.Frame == now.Frame
            && old.Offset == now.Offset && old.Delta == now.Delta && old.Range == now.Range && old.Number.IsWithin(now.Number) && now.Number.IsWithin(old.Number)
            && ids.Match(old.Id, now.Id) && ids.Match(old.Reference, now.Reference);
}
