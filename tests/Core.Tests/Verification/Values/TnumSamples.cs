using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>Every tracked number of a few bits, and its members.</summary>
internal static class TnumSamples
{
    /// <summary>All of them with bits only at <paramref name="place"/> and the <paramref name="width"/> - 1 above it.</summary>
    public static IEnumerable<Tnum> All(int width, int place = 0)
    {
        for (ulong mask = 0; mask < 1UL << width; mask++)
        {
            for (ulong value = 0; value < 1UL << width; value++)
            {
                if ((value & mask) == 0)
                {
                    yield return new Tnum(value << place, mask << place);
                }
            }
        }
    }

    /// <summary>The members; only for few unknown bits.</summary>
    public static IEnumerable<ulong> MembersOf(Tnum tnum)
    {
        ulong unknown = 0;
        do
        {
            yield return tnum.Value | unknown;
            unknown = (unknown - tnum.Mask) & tnum.Mask;
        }
        while (unknown != 0);
    }

    /// <summary>The least tracked number that has all of the values, of which there is one at least.</summary>
    public static Tnum Least(IEnumerable<ulong> values)
    {
        ulong and = ulong.MaxValue;
        ulong or = 0;
        foreach (ulong value in values)
        {
            and &= value;
            or |= value;
        }

        return new Tnum(and, or & ~and);
    }
}
