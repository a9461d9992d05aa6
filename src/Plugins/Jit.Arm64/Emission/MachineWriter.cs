using System.Diagnostics;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <summary>Appends instructions, and the shortest sequences for what one instruction may not do.</summary>
internal readonly struct MachineWriter(CodeBuffer code)
{
    private const long MostAdded = 0xff_ffff;

    internal CodeBuffer Code { get; } = code;

    internal void Append(uint instruction) => Code.Append(instruction);

    internal void Move(bool is64, MachineRegister d, MachineRegister n)
        => Append(Encoder.Of(ShiftedRow.Orr, is64, d, Zero, n));

    internal void Compare(bool is64, MachineRegister n, MachineRegister m)
        => Append(Encoder.Of(ShiftedRow.Subs, is64, Zero, n, m));

    internal void Jump(CodeLabel target) => Code.Branch(Encoder.Of(BranchRow.B), target);

    internal void Call(CodeLabel target) => Code.Branch(Encoder.Of(BranchRow.Bl), target);

    /// <summary>Whether <see cref="TryAddImmediate"/> takes it in one instruction, added or subtracted.</summary>
    internal static bool IsAddImmediate(long value)
    {
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return magnitude < 0x1000 || (magnitude <= MostAdded && (magnitude & 0xfff) == 0);
    }

    /// <summary>d = n + value in at most two instructions; d and n may be the stack pointer. Nothing where d is n and the value 0.</summary>
    internal bool TryAddImmediate(bool is64, MachineRegister d, MachineRegister n, long value)
    {
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        if (magnitude > MostAdded)
        {
            return false;
        }

        AddImmediateRow row = value < 0 ? AddImmediateRow.Sub : AddImmediateRow.Add;
        uint high = (uint)magnitude & 0xff_f000;
        uint low = (uint)magnitude & 0xfff;
        if (high != 0)
        {
            Append(Encoder.Of(row, is64, d, n, high));
            n = d;
        }

        if (low != 0 || (high == 0 && (d != n || !is64)))
        {
            Append(Encoder.Of(row, is64, d, n, low));
        }

        return true;
    }

    /// <summary>As <see cref="TryAddImmediate"/> for 64 bits and any value.</summary>
    /// <param name="scratch">Loses its value where the distance is long; may be <paramref name="d"/> unless that is the stack pointer.</param>
    internal void AddImmediate(MachineRegister d, MachineRegister n, long value, MachineRegister scratch = X16)
    {
        if (!TryAddImmediate(true, d, n, value))
        {
            Constant(scratch, (ulong)value);
            Append(Encoder.Of(ExtendedRow.Add, true, d, n, scratch, Extension.Whole));
        }
    }

    /// <summary>Loads a constant in the fewest instructions: 1 to 4.</summary>
    internal void Constant(MachineRegister d, ulong value)
    {
        Debug.Assert(d != Zero, "the zero register takes no constant");
        bool is64 = value > uint.MaxValue;
        if (!is64 && TryOne(d, value, false))
        {
            return;
        }

        if (is64 && TryOne(d, value, true))
        {
            return;
        }

        if (is64 && Needed(value, 0) > 2 && Needed(value, 0xffff) > 2 && TryMaskAndPart(d, value))
        {
            return;
        }

        bool inverts = Needed(value, 0xffff, is64) < Needed(value, 0, is64);
        ushort rest = inverts ? (ushort)0xffff : (ushort)0;
        bool isFirst = true;
        for (int part = 0; part < (is64 ? 4 : 2); part++)
        {
            var bits = (ushort)(value >> 16 * part);
            if (bits != rest)
            {
                MoveWideRow row = !isFirst ? MoveWideRow.Movk : inverts ? MoveWideRow.Movn : MoveWideRow.Movz;
                Append(Encoder.Of(row, is64, d, isFirst && inverts ? (ushort)~bits : bits, part));
                isFirst = false;
            }
        }
    }

    private bool TryOne(MachineRegister d, ulong value, bool is64)
    {
        int parts = is64 ? 4 : 2;
        for (int part = 0; part < parts; part++)
        {
            ulong others = ~(0xffffUL << 16 * part) & (is64 ? ulong.MaxValue : uint.MaxValue);
            if ((value & others) == 0 || (value & others) == others)
            {
                bool inverts = (value & others) != 0;
                var bits = (ushort)(value >> 16 * part);
                Append(Encoder.Of(inverts ? MoveWideRow.Movn : MoveWideRow.Movz, is64, d, inverts ? (ushort)~bits : bits, part));
                return true;
            }
        }

        if (LogicalImmediate.TryEncode(value, is64, out LogicalImmediate mask))
        {
            Append(Encoder.Of(LogicalImmediateRow.Orr, is64, d, Zero, mask));
            return true;
        }

        return false;
    }

    /// <summary>A mask with one of its four parts replaced.</summary>
    private bool TryMaskAndPart(MachineRegister d, ulong value)
    {
        for (int part = 0; part < 4; part++)
        {
            for (int other = 0; other < 4; other++)
            {
                ulong bits = value >> 16 * other & 0xffff;
                ulong candidate = (value & ~(0xffffUL << 16 * part)) | bits << 16 * part;
                if (other != part && LogicalImmediate.TryEncode(candidate, true, out LogicalImmediate mask))
                {
                    Append(Encoder.Of(LogicalImmediateRow.Orr, true, d, Zero, mask));
                    Append(Encoder.Of(MoveWideRow.Movk, true, d, (ushort)(value >> 16 * part), part));
                    return true;
                }
            }
        }

        return false;
    }

    private static int Needed(ulong value, ushort rest, bool is64 = true)
    {
        int needed = 0;
        for (int part = 0; part < (is64 ? 4 : 2); part++)
        {
            needed += (ushort)(value >> 16 * part) != rest ? 1 : 0;
        }

        return needed;
    }
}
