using System.Numerics;
using Skep.Jit.Arm64.Emission;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;

namespace Skep.Jit.Arm64.Tests.Encoding;

/// <summary>Masks and constants, executed by a few lines that know the manual's definition of their instructions.</summary>
public sealed class ConstantTests
{
    [Fact]
    public void All_masks_that_exist_are_found_and_no_others()
    {
        var masks = new HashSet<ulong>();
        for (int fields = 0; fields < 1 << 13; fields++)
        {
            if (Decode(fields) is { } mask)
            {
                masks.Add(mask);
                Assert.True(LogicalImmediate.TryEncode(mask, true, out LogicalImmediate immediate), $"{mask:x}");
                Assert.Equal(mask, Decode(immediate.Fields));
            }
        }

        Assert.Equal(5334, masks.Count);
        var random = new Random(7);
        ulong[] none = [0, ulong.MaxValue];
        foreach (ulong value in masks.SelectMany(mask => (ulong[])[mask ^ 1, mask ^ 1UL << random.Next(64), mask + 1, mask & (ulong)random.NextInt64()]).Concat(none))
        {
            Assert.Equal(masks.Contains(value), LogicalImmediate.TryEncode(value, true, out _));
            ulong half = (uint)value;
            Assert.Equal(masks.Contains(half | half << 32), LogicalImmediate.TryEncode(half, false, out _));
        }
    }

    [Fact]
    public void Constants_come_out_in_few_instructions()
    {
        (ulong Value, int Most)[] known =
        [
            (0, 1), (1, 1), (0xffff, 1), (0x1_0000, 1), (0xffff_ffff, 1), (ulong.MaxValue, 1), (0xffff_fffe, 1), (ulong.MaxValue - 1, 1), (0x5555_5555_5555_5555, 1), (0x1234_5678, 2),
            (0xffff_ffff_1234_5678, 2), (0xffff_1234_ffff_5678, 2), (0x1234_0000_5678_0000, 2), (0x5555_5555_5555_1234, 2), (0x0123_4567_89ab_cdef, 4), (0xedcb_ffff, 1),
            (0xffff_8000_0000_0000, 1), (0xbf4e_0000_0000_0007, 2), (0x0000_7fff_1234_5678, 3),
        ];
        foreach ((ulong value, int most) in known)
        {
            Assert.InRange(Check(value), 1, most);
        }

        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            ulong value = (ulong)random.NextInt64() << random.Next(64) >> random.Next(64);
            Assert.InRange(Check(random.Next(2) == 0 ? value : ~value), 1, 4);
            Check(BitOperations.RotateLeft(value, 16 * random.Next(4)) | 0xffffUL << 16 * random.Next(4));
        }
    }

    private static int Check(ulong value)
    {
        var buffer = new CodeBuffer();
        new MachineWriter(buffer).Constant(MachineRegister.X3, value);
        ReadOnlySpan<byte> bytes = new CodeLayout<BranchForms>(buffer).ToCode().AsSpan();
        ulong register = 0xdead_beef_dead_beef;
        for (int i = 0; i < bytes.Length; i += 4)
        {
            register = Execute(BitConverter.ToUInt32(bytes[i..]), register);
        }

        Assert.Equal(value, register);
        return bytes.Length / 4;
    }

    private static ulong Execute(uint word, ulong register)
    {
        bool is64 = word >> 31 != 0;
        ulong width = is64 ? ulong.MaxValue : uint.MaxValue;
        int shift = (int)(word >> 21 & 3) * 16;
        ulong bits = (ulong)(word >> 5 & 0xffff) << shift;
        Assert.Equal(3U, word & 31);
        return ((word & 0x7f80_0000) switch
        {
            (uint)MoveWideRow.Movz => bits,
            (uint)MoveWideRow.Movn => ~bits,
            (uint)MoveWideRow.Movk => (register & ~(0xffffUL << shift)) | bits,
            (uint)LogicalImmediateRow.Orr => Decode((int)(word >> 10 & 0x1fff))!.Value,
            _ => throw new InvalidOperationException($"{word:x8}"),
        }) & width;
    }

    /// <summary>DecodeBitMasks of the manual, for 64 bits; null for what is reserved.</summary>
    private static ulong? Decode(int fields)
    {
        int imms = fields & 0x3f;
        int immr = fields >> 6 & 0x3f;
        int length = 31 - BitOperations.LeadingZeroCount((uint)(fields >> 12 << 6 | (~imms & 0x3f)));
        if (length < 1)
        {
            return null;
        }

        int size = 1 << length;
        int ones = (imms & (size - 1)) + 1;
        if (ones == size)
        {
            return null;
        }

        ulong element = (1UL << ones) - 1;
        int rotation = immr & (size - 1);
        ulong mask = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        element = rotation == 0 ? element : ((element >> rotation) | (element << (size - rotation))) & mask;
        for (int at = size; at < 64; at *= 2)
        {
            element |= element << at;
        }

        return element;
    }
}
