using System.Buffers.Binary;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>Every tracked number of five bits, low, across the halves and at the top, against all its members.</summary>
public sealed class TnumTests
{
    private const int Width = 5;

    private static readonly Dictionary<string, (Func<Tnum, Tnum, Tnum> OnSets, Func<ulong, ulong, ulong> OnMembers, bool IsLeast)> Binary = new()
    {
        ["add"] = ((a, b) => a.Add(b), (a, b) => a + b, true),
        ["subtract"] = ((a, b) => a.Subtract(b), (a, b) => a - b, true),
        ["and"] = ((a, b) => a.And(b), (a, b) => a & b, true),
        ["or"] = ((a, b) => a.Or(b), (a, b) => a | b, true),
        ["xor"] = ((a, b) => a.ExclusiveOr(b), (a, b) => a ^ b, true),
        ["multiply"] = ((a, b) => a.Multiply(b), (a, b) => a * b, false),
    };

    private static readonly Dictionary<string, (Func<Tnum, int, Tnum> OnSet, Func<ulong, int, ulong> OnMember)> Unary = new()
    {
        ["negate"] = ((a, _) => a.Negate(), (a, _) => 0 - a),
        ["shift left"] = ((a, count) => a.ShiftLeft(count), (a, count) => a << count),
        ["shift right"] = ((a, count) => a.ShiftRight(count), (a, count) => a >> count),
        ["arithmetic shift right"] = ((a, count) => a.ShiftRightArithmetic(count, 64), (a, count) => (ulong)((long)a >> count)),
        ["arithmetic shift right of 32"] =
            ((a, count) => a.ShiftRightArithmetic(count & 31, 32), (a, count) => (uint)((int)a >> (count & 31))),
        ["low"] = ((a, count) => a.Low(count + 1), (a, count) => a & (ulong.MaxValue >> (63 - count))),
        ["reverse 16"] = ((a, _) => a.ReverseBytes(16), (a, _) => BinaryPrimitives.ReverseEndianness((ushort)a)),
        ["reverse 32"] = ((a, _) => a.ReverseBytes(32), (a, _) => BinaryPrimitives.ReverseEndianness((uint)a)),
        ["reverse 64"] = ((a, _) => a.ReverseBytes(64), (a, _) => BinaryPrimitives.ReverseEndianness(a)),
    };

    public static MatrixTheoryData<string, int> BinaryAtPlaces => new(Binary.Keys, [0, 29, 64 - Width]);

    public static MatrixTheoryData<string, int> UnaryAtPlaces => new(Unary.Keys, [0, 13, 29, 64 - Width]);

    [Theory]
    [MemberData(nameof(BinaryAtPlaces))]
    public void An_operation_on_two_sets_has_every_result_and_no_more_than_it_must(string name, int place)
    {
        (Func<Tnum, Tnum, Tnum> onSets, Func<ulong, ulong, ulong> onMembers, bool isLeast) = Binary[name];
        foreach (Tnum left in TnumSamples.All(Width, place))
        {
            ulong[] lefts = [.. TnumSamples.MembersOf(left)];
            foreach (Tnum right in TnumSamples.All(Width, place))
            {
                Tnum least = TnumSamples.Least(
                    TnumSamples.MembersOf(right).SelectMany(b => lefts.Select(a => onMembers(a, b))));
                Tnum result = onSets(left, right);
                if (isLeast ? result != least : !least.IsWithin(result))
                {
                    Assert.Fail($"{left} {name} {right}: {result}, members give {least}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(UnaryAtPlaces))]
    public void An_operation_on_one_set_has_its_results_and_no_others(string name, int place)
    {
        (Func<Tnum, int, Tnum> onSet, Func<ulong, int, ulong> onMember) = Unary[name];
        foreach (Tnum set in TnumSamples.All(Width, place))
        {
            for (int count = 0; count < 64; count++)
            {
                Tnum least = TnumSamples.Least(TnumSamples.MembersOf(set).Select(member => onMember(member, count)));
                if (onSet(set, count) != least)
                {
                    Assert.Fail($"{name} {set}, {count}: {onSet(set, count)}, members give {least}");
                }
            }
        }
    }

    [Fact]
    public void Sets_are_compared_met_and_united_by_their_members()
    {
        foreach (Tnum left in TnumSamples.All(Width))
        {
            HashSet<ulong> lefts = [.. TnumSamples.MembersOf(left)];
            foreach (Tnum right in TnumSamples.All(Width))
            {
                HashSet<ulong> rights = [.. TnumSamples.MembersOf(right)];
                Assert.Equal(lefts.IsSubsetOf(rights), left.IsWithin(right));
                Assert.Equal(!lefts.Overlaps(rights), left.IsDisjoint(right));
                Assert.Equal(TnumSamples.Least(lefts.Union(rights)), left.Union(right));
                if (lefts.Overlaps(rights))
                {
                    Assert.True(lefts.Intersect(rights).ToHashSet().SetEquals(TnumSamples.MembersOf(left.Intersect(right))));
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    [InlineData(64 - Width)]
    public void Narrowing_an_interval_finds_its_first_and_last_member(int place)
    {
        foreach (Tnum set in TnumSamples.All(Width, place))
        {
            ulong[] members = [.. TnumSamples.MembersOf(set)];
            for (ulong first = 0; first < 1 << Width; first++)
            {
                for (ulong last = first; last < 1 << Width; last++)
                {
                    ulong min = (first << place) - (first & 1);
                    ulong max = (last << place) + (last & 1);
                    if (min > max)
                    {
                        continue;
                    }

                    ulong[] inside = [.. members.Where(member => member >= min && member <= max)];
                    string what = $"{set} in [{min:x}, {max:x}]";
                    Assert.True(set.Narrow(ref min, ref max) == inside.Length > 0, what);
                    if (inside.Length > 0)
                    {
                        Assert.True(inside.Min() == min && inside.Max() == max, what);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_range_is_the_least_set_that_has_it()
    {
        for (ulong min = 0; min < 64; min++)
        {
            for (ulong max = min; max < 64; max++)
            {
                IEnumerable<ulong> between = Enumerable.Range((int)min, (int)(max - min) + 1).Select(number => (ulong)number);
                Assert.Equal(TnumSamples.Least(between), Tnum.Range(min, max));
            }
        }

        Assert.Equal(Tnum.Unknown, Tnum.Range(0, ulong.MaxValue));
        Assert.Equal(Tnum.Constant(ulong.MaxValue), Tnum.Range(ulong.MaxValue, ulong.MaxValue));
    }

    [Fact]
    public void Small_properties()
    {
        Assert.True(Tnum.Constant(24).IsAligned(8));
        Assert.False(Tnum.Constant(20).IsAligned(8));
        Assert.False(new Tnum(16, 4).IsAligned(8));
        Assert.True(Tnum.Unknown.IsAligned(1));
        Assert.Equal(new Tnum(0xffff_ffff_0000_0002, 0xf0), new Tnum(0xffff_ffff_0000_0001, 0xff00).WithLow32(new Tnum(2, 0xf0)));
        Assert.True(Tnum.Unknown.Contains(77));
        Assert.False(Tnum.Constant(76).Contains(77));
    }
}
