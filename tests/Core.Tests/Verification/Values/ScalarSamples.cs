using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>A set of numbers and its members, or those of them that a test tries.</summary>
internal sealed record ScalarSample(string Name, Scalar Scalar, ulong[] Members)
{
    public override string ToString() => $"{Name} {Scalar}";
}

/// <summary>
/// Small sets where arithmetic is prone to err: around 0, 2^31, 2^32, 2^63 and their like, as ranges, as known bits, as both,
/// and as a low half below an unknown upper one.
/// </summary>
internal static class ScalarSamples
{
    private static readonly ulong[] Anchors =
        [0, 1UL << 31, 1UL << 32, 3UL << 31, 1UL << 63, 0xffff_ffff_8000_0000, 0x8000_0000_8000_0000, 0x7fff_ffff_8000_0000];

    private static readonly ulong[] UpperHalves = [0, 1, 0x8000_0000, 0xffff_ffff];

    public static IReadOnlyList<ScalarSample> All { get; } =
        [.. Ranges(2), .. Bits(), .. BitsInRanges(), .. LowRanges(), .. Wide()];

    /// <summary>Those whose members are all there.</summary>
    public static IEnumerable<ScalarSample> Exact => [.. Ranges(2), .. Bits(), .. BitsInRanges()];

    /// <summary>Every interval of numbers not further than that from each anchor, across the ends of an order too.</summary>
    public static IEnumerable<ScalarSample> Ranges(int reach)
    {
        foreach (ulong anchor in Anchors)
        {
            for (int from = -reach; from <= reach; from++)
            {
                for (int to = from; to <= reach; to++)
                {
                    ulong first = anchor + (ulong)from;
                    ulong last = anchor + (ulong)to;
                    Scalar scalar = first <= last ? Scalar.UnsignedRange(first, last) : Scalar.SignedRange((long)first, (long)last);
                    yield return new ScalarSample("range", scalar, Between(first, last));
                }
            }
        }
    }

    private static IEnumerable<ScalarSample> Bits()
    {
        foreach (int place in (int[])[0, 30, 62])
        {
            foreach (Tnum bits in TnumSamples.All(2, place))
            {
                Scalar scalar = Scalar.Unknown;
                scalar.Bits = bits;
                Assert.True(scalar.Sharpen());
                yield return new ScalarSample("bits", scalar, [.. TnumSamples.MembersOf(bits)]);
            }
        }
    }

    private static IEnumerable<ScalarSample> BitsInRanges()
    {
        foreach (Tnum bits in (Tnum[])[new(0, ~1UL), new(1, ~1UL), new(2, ~3UL)])
        {
            foreach (ScalarSample range in Ranges(3).Where(range => range.Members.Length == 7))
            {
                Scalar scalar = range.Scalar;
                ulong[] members = [.. range.Members.Where(bits.Contains)];
                if (scalar.MeetBits(bits))
                {
                    Assert.True(scalar.Sharpen());
                    yield return new ScalarSample("bits in range", scalar, members);
                }
            }
        }
    }

    private static IEnumerable<ScalarSample> LowRanges()
    {
        foreach (uint anchor in (uint[])[0, 1U << 31])
        {
            for (int from = -2; from <= 2; from += 2)
            {
                for (int to = from; to <= 2; to++)
                {
                    Scalar scalar = Scalar.Unknown;
                    uint first = anchor + (uint)from;
                    uint last = anchor + (uint)to;
                    scalar.MeetArc32(first, last);
                    Assert.True(scalar.Sharpen());
                    ulong[] members =
                        [.. UpperHalves.SelectMany(upper => Between(0, (uint)(to - from)).Select(step => (upper << 32) | (first + (uint)step)))];
                    yield return new ScalarSample("low half", scalar, members);
                }
            }
        }
    }

    private static IEnumerable<ScalarSample> Wide()
    {
        ulong[] numbers = [.. Anchors.SelectMany(anchor => Between(anchor - 2, anchor + 2)), 255, 256, 0x1234_5678_9abc_def0];
        yield return new ScalarSample("unknown", Scalar.Unknown, numbers);
        foreach (int bits in (int[])[8, 16, 32])
        {
            foreach (bool signed in (bool[])[false, true])
            {
                Scalar scalar = Scalar.OfLoad(bits, signed);
                yield return new ScalarSample("load", scalar, [.. numbers.Where(scalar.Contains)]);
            }
        }
    }

    private static ulong[] Between(ulong first, ulong last)
    {
        var members = new ulong[(int)(last - first) + 1];
        for (int index = 0; index < members.Length; index++)
        {
            members[index] = first + (ulong)index;
        }

        return members;
    }
}
