using System.Buffers.Binary;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Tests.Encoding;

/// <summary>Every row, with registers and operands at both ends of their fields, against an assembler that others wrote.</summary>
public sealed class EncoderTests
{
    private readonly List<(string Text, uint Word)> _cases = [];

    [Fact]
    public async Task Every_row_is_what_its_text_is_to_llvm()
    {
        Assert.SkipWhen(LlvmAssembler.Path is null, "llvm-mc is not installed (Debian: llvm-14)");
        AddRegisters();
        AddImmediates();
        AddMultiplications();
        AddMemory();
        AddOrdered();
        AddPlain();
        AddBranches();
        Assert.All(Rows(), row => Assert.Contains(_cases, one => (one.Word & row) == row));
        uint[] expected = await LlvmAssembler.Assemble(_cases.Select(one => one.Text));
        Assert.Equal(_cases.Count, expected.Length);
        Assert.Equal(_cases.Zip(expected, (one, word) => $"{one.Text}: {word:x8}"), _cases.Select(one => $"{one.Text}: {one.Word:x8}"));
    }

    private static IEnumerable<uint> Rows()
        => typeof(Encoder).Assembly.GetTypes()
            .Where(type => type.IsEnum && type.Namespace == typeof(Encoder).Namespace && type.Name.EndsWith("Row", StringComparison.Ordinal))
            .SelectMany(type => Enum.GetValuesAsUnderlyingType(type).Cast<uint>());

    private void AddRegisters()
    {
        foreach (bool is64 in (bool[])[false, true])
        {
            int last = is64 ? 63 : 31;
            foreach (ShiftedRow row in Enum.GetValues<ShiftedRow>())
            {
                bool isLogical = row.ToString()[0] is 'A' && (uint)row << 4 >> 28 == 0xa || row is ShiftedRow.Bic or ShiftedRow.Bics or ShiftedRow.Orr or ShiftedRow.Orn or ShiftedRow.Eor or ShiftedRow.Eon;
                Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, {R(is64, 3)}", Encoder.Of(row, is64, X1, X2, X3));
                Add($"{Name(row)} {R(is64, 28)}, {R(is64, 31)}, {R(is64, 17)}, lsl #{last}", Encoder.Of(row, is64, X28, Zero, X17, Shift.Left, last));
                Add($"{Name(row)} {R(is64, 28)}, {R(is64, 9)}, {R(is64, 17)}, lsr #1", Encoder.Of(row, is64, X28, X9, X17, Shift.Right, 1));
                Add($"{Name(row)} {R(is64, 28)}, {R(is64, 9)}, {R(is64, 17)}, asr #7", Encoder.Of(row, is64, X28, X9, X17, Shift.RightArithmetic, 7));
                if (isLogical)
                {
                    Add($"{Name(row)} {R(is64, 28)}, {R(is64, 9)}, {R(is64, 17)}, ror #7", Encoder.Of(row, is64, X28, X9, X17, Shift.Rotate, 7));
                }
            }

            foreach (ExtendedRow row in Enum.GetValues<ExtendedRow>())
            {
                string[] names = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];
                foreach (Extension extension in Enum.GetValues<Extension>())
                {
                    bool isWhole = is64 && extension is Extension.Whole or Extension.SignedWhole;
                    if (is64 || extension is not (Extension.Whole or Extension.SignedWhole))
                    {
                        Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, {R(isWhole, 3)}, {names[(int)extension]} #3", Encoder.Of(row, is64, X1, X2, X3, extension, 3));
                    }
                }
            }

            foreach (TwoSourceRow row in Enum.GetValues<TwoSourceRow>())
            {
                Add($"{Name(row)} {R(is64, 30)}, {R(is64, 31)}, {R(is64, 19)}", Encoder.Of(row, is64, Link, Zero, X19));
            }

            foreach (SelectRow row in Enum.GetValues<SelectRow>())
            {
                foreach (Condition condition in Enum.GetValues<Condition>())
                {
                    Add($"{Name(row)} {R(is64, 1)}, {R(is64, 31)}, {R(is64, 30)}, {ConditionNames[(int)condition]}", Encoder.Of(row, is64, X1, Zero, Link, condition));
                }
            }

            Add($"extr {R(is64, 1)}, {R(is64, 2)}, {R(is64, 3)}, #{last}", Encoder.Of(ExtractRow.Extr, is64, X1, X2, X3, last));
            Add($"rbit {R(is64, 1)}, {R(is64, 30)}", Encoder.Of(OneSourceRow.Rbit, is64, X1, Link));
            Add($"rev16 {R(is64, 1)}, {R(is64, 30)}", Encoder.Of(OneSourceRow.Rev16, is64, X1, Link));
            Add($"{(is64 ? "rev32" : "rev")} {R(is64, 1)}, {R(is64, 30)}", Encoder.Of(OneSourceRow.Rev32, is64, X1, Link));
            Add($"clz {R(is64, 1)}, {R(is64, 30)}", Encoder.Of(OneSourceRow.Clz, is64, X1, Link));
        }

        Add("rev x1, x30", Encoder.Of(OneSourceRow.Rev, true, X1, Link));
    }

    private void AddImmediates()
    {
        foreach (bool is64 in (bool[])[false, true])
        {
            int last = is64 ? 63 : 31;
            foreach (AddImmediateRow row in Enum.GetValues<AddImmediateRow>())
            {
                Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, #4095", Encoder.Of(row, is64, X1, X2, 4095));
                Add($"{Name(row)} {R(is64, 1)}, {(is64 ? "sp" : "wsp")}, #4095, lsl #12", Encoder.Of(row, is64, X1, Stack, 4095U << 12));
            }

            foreach (MoveWideRow row in Enum.GetValues<MoveWideRow>())
            {
                Add($"{Name(row)} {R(is64, 1)}, #65535", Encoder.Of(row, is64, X1, 65535, 0));
                Add($"{Name(row)} {R(is64, 1)}, #1, lsl #{(is64 ? 48 : 16)}", Encoder.Of(row, is64, X1, 1, is64 ? 3 : 1));
            }

            foreach (BitfieldRow row in Enum.GetValues<BitfieldRow>())
            {
                Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, #{last}, #0", Encoder.Of(row, is64, X1, X2, last, 0));
                Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, #3, #{last}", Encoder.Of(row, is64, X1, X2, 3, last));
            }

            ulong[] masks = [1, 0x8000_0000, 0xff, 0x7fff_ffff, 0xffff_fffe, 0x5555_5555, 0x0f0f_0f0f, 0xe7e7_e7e7, 0xfff0_000f, 0x0001_0001, 0xfffe_fffe];
            ulong[] wide = [0x8000_0000_0000_0000, 0x7fff_ffff_ffff_ffff, 0xffff_0000_0000_ffff, 0xffff_ffff_0000_0000, 0x0000_ffff_0000_ffff, 0x5555_5555_5555_5555, 0x7ff8];
            foreach (LogicalImmediateRow row in Enum.GetValues<LogicalImmediateRow>())
            {
                foreach (ulong mask in is64 ? wide : masks)
                {
                    Assert.True(LogicalImmediate.TryEncode(mask, is64, out LogicalImmediate immediate));
                    Add($"{Name(row)} {R(is64, 1)}, {R(is64, 2)}, #0x{mask:x}", Encoder.Of(row, is64, X1, X2, immediate));
                }
            }
        }
    }

    private void AddMultiplications()
    {
        foreach (bool is64 in (bool[])[false, true])
        {
            Add($"madd {R(is64, 1)}, {R(is64, 2)}, {R(is64, 3)}, {R(is64, 31)}", Encoder.Of(ThreeSourceRow.Madd, is64, X1, X2, X3, Zero));
            Add($"msub {R(is64, 1)}, {R(is64, 2)}, {R(is64, 3)}, {R(is64, 4)}", Encoder.Of(ThreeSourceRow.Msub, is64, X1, X2, X3, X4));
        }

        Add("smaddl x1, w2, w3, x4", Encoder.Of(ThreeSourceRow.Smaddl, true, X1, X2, X3, X4));
        Add("umaddl x1, w2, w3, xzr", Encoder.Of(ThreeSourceRow.Umaddl, true, X1, X2, X3, Zero));
        Add("smulh x1, x2, x30", Encoder.Of(HighProductRow.Smulh, X1, X2, Link));
        Add("umulh x1, x2, x30", Encoder.Of(HighProductRow.Umulh, X1, X2, Link));
    }

    private void AddMemory()
    {
        foreach (MemoryRow row in Enum.GetValues<MemoryRow>())
        {
            string name = Name(row).Replace("word", "", StringComparison.Ordinal);
            bool is64 = row is MemoryRow.Str or MemoryRow.Ldr or MemoryRow.Ldrsb or MemoryRow.Ldrsh or MemoryRow.Ldrsw;
            int size = 1 << row.SizeShift();
            string unscaled = name.Replace("ldr", "ldur", StringComparison.Ordinal).Replace("str", "stur", StringComparison.Ordinal);
            string amount = size == 1 ? "" : $" #{row.SizeShift()}";
            Add($"{name} {R(is64, 1)}, [x2]", Encoder.Of(row, AddressForm.Scaled, X1, X2, 0));
            Add($"{name} {R(is64, 31)}, [sp, #{4095 * size}]", Encoder.Of(row, AddressForm.Scaled, Zero, Stack, 4095 * size));
            Add($"{unscaled} {R(is64, 1)}, [x2, #-256]", Encoder.Of(row, AddressForm.Unscaled, X1, X2, -256));
            Add($"{unscaled} {R(is64, 1)}, [sp, #255]", Encoder.Of(row, AddressForm.Unscaled, X1, Stack, 255));
            Add($"{name} {R(is64, 1)}, [x2], #255", Encoder.Of(row, AddressForm.After, X1, X2, 255));
            Add($"{name} {R(is64, 1)}, [x2, #-16]!", Encoder.Of(row, AddressForm.Before, X1, X2, -16));
            Add($"{name} {R(is64, 1)}, [x2, x3]", Encoder.Of(row, X1, X2, X3, Extension.Whole, false));
            Add($"{name} {R(is64, 1)}, [sp, w3, uxtw{amount}]", Encoder.Of(row, X1, Stack, X3, Extension.Word, size > 1));
            Add($"{name} {R(is64, 1)}, [x2, w3, sxtw{amount}]", Encoder.Of(row, X1, X2, X3, Extension.SignedWord, size > 1));
        }

        foreach (PairRow row in Enum.GetValues<PairRow>())
        {
            string name = Name(row)[..3];
            int size = 1 << row.SizeShift();
            string T(int number) => size == 16 ? $"q{number}" : R(size == 8, number);
            foreach (int offset in (int[])[-64 * size, 63 * size])
            {
                string address = row.ToString() switch
                {
                    var after when after.EndsWith("After", StringComparison.Ordinal) => $"[sp], #{offset}",
                    var before when before.EndsWith("Before", StringComparison.Ordinal) => $"[sp, #{offset}]!",
                    _ => $"[sp, #{offset}]",
                };
                Add($"{name} {T(1)}, {T(30)}, {address}", Encoder.Of(row, X1, Link, Stack, offset));
            }
        }
    }

    private void AddOrdered()
    {
        foreach (AtomicRow row in Enum.GetValues<AtomicRow>())
        {
            Add($"{Name(row)} w1, w30, [sp]", Encoder.Of(row, false, X1, Link, Stack));
            Add($"{Name(row)} x1, x30, [x2]", Encoder.Of(row, true, X1, Link, X2));
        }

        foreach (OrderedRow row in Enum.GetValues<OrderedRow>())
        {
            string name = Name(row).Replace("word", "", StringComparison.Ordinal);
            bool is64 = row is OrderedRow.Ldar or OrderedRow.Stlr or OrderedRow.Ldaxr or OrderedRow.Stlxr;
            bool hasStatus = row is OrderedRow.Stlxr or OrderedRow.StlxrWord;
            Add($"{name} {(hasStatus ? "w30, " : "")}{R(is64, 1)}, [x2]", Encoder.Of(row, X1, X2, hasStatus ? Link : X0));
        }
    }

    private void AddPlain()
    {
        Add("nop", (uint)PlainRow.Nop);
        Add("hint #34", (uint)PlainRow.BtiC);
        Add("dmb ish", (uint)PlainRow.DmbIsh);
        Add("brk #0", (uint)PlainRow.Brk);
        Add("movi v0.2d, #0", (uint)PlainRow.ClearV0);
        Add("br x17", Encoder.Of(RegisterBranchRow.Br, X17));
        Add("blr x17", Encoder.Of(RegisterBranchRow.Blr, X17));
        Add("ret", Encoder.Of(RegisterBranchRow.Ret, Link));
    }

    private void AddBranches()
    {
        foreach (int distance in (int[])[-32768, -4, 8, 32764])
        {
            foreach (Condition condition in Enum.GetValues<Condition>())
            {
                Add($"b.{ConditionNames[(int)condition]} #{distance}", Short(Encoder.Of(BranchRow.BCondition, condition), distance));
            }

            Add($"b #{distance}", Short(Encoder.Of(BranchRow.B), distance));
            Add($"bl #{distance}", Short(Encoder.Of(BranchRow.Bl), distance));
            Add($"cbz w3, #{distance}", Short(Encoder.Of(BranchRow.Cbz, false, X3), distance));
            Add($"cbnz x30, #{distance}", Short(Encoder.Of(BranchRow.Cbnz, true, Link), distance));
            Add($"tbz w3, #31, #{distance}", Short(Encoder.Of(BranchRow.Tbz, X3, 31), distance));
            Add($"tbnz x3, #63, #{distance}", Short(Encoder.Of(BranchRow.Tbnz, X3, 63), distance));
            Add($"ldr x3, #{distance}", Short(Encoder.Of(BranchRow.LdrLiteral, false, X3), distance));
        }

        AddLong(Encoder.Of(BranchRow.BCondition, Condition.Less), "b.ge #8");
        AddLong(Encoder.Of(BranchRow.Cbz, true, X3), "cbnz x3, #8");
        AddLong(Encoder.Of(BranchRow.Tbnz, X3, 33), "tbz x3, #33, #8");
        Span<byte> literal = stackalloc byte[BranchForms.Size(Encoder.Of(BranchRow.LdrLiteral, false, X16), false)];
        BranchForms.Write(literal, Encoder.Of(BranchRow.LdrLiteral, false, X16), false, 0x1234_5678);
        string[] texts = ["adr x16, #0", "movz x17, #0x5678", "movk x17, #0x1234, lsl #16", "ldr x16, [x16, w17, sxtw]"];
        for (int i = 0; i < texts.Length; i++)
        {
            Add(texts[i], BinaryPrimitives.ReadUInt32LittleEndian(literal[(4 * i)..]));
        }
    }

    private void AddLong(uint branch, string opposite)
    {
        Span<byte> place = stackalloc byte[BranchForms.Size(branch, false)];
        BranchForms.Write(place, branch, false, -0x20_0000);
        Add(opposite, BinaryPrimitives.ReadUInt32LittleEndian(place));
        Add($"b #{-0x20_0000 - 4}", BinaryPrimitives.ReadUInt32LittleEndian(place[4..]));
    }

    private static uint Short(uint branch, long distance)
    {
        Assert.True(BranchForms.FitsShort(branch, distance, distance > 0));
        Span<byte> place = stackalloc byte[BranchForms.Size(branch, true)];
        BranchForms.Write(place, branch, true, distance);
        return BinaryPrimitives.ReadUInt32LittleEndian(place);
    }

    private static string[] ConditionNames => ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];

    private static string Name<T>(T row)
        where T : struct, Enum => row.ToString().ToLowerInvariant();

    private static string R(bool is64, int number) => (is64 ? "x" : "w") + (number == 31 ? "zr" : number);

    private void Add(string text, uint word) => _cases.Add((text, word));
}
