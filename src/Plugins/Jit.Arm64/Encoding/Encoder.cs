using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Encoding;

/// <summary>Instructions from rows and operands. Pure; knows nothing of programs. The caller answers for operands that fit their fields.</summary>
internal static class Encoder
{
    internal const uint Wide = 0x8000_0000;
    private const uint WideField = 0x0040_0000;

    internal static uint Of(ShiftedRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, Shift shift = Shift.Left, int amount = 0)
        => (uint)row | Size(is64) | (uint)shift << 22 | M(m) | (uint)amount << 10 | N(n) | (uint)d;

    internal static uint Of(ExtendedRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, Extension extension, int amount = 0)
        => (uint)row | Size(is64) | M(m) | (uint)extension << 13 | (uint)amount << 10 | N(n) | (uint)d;

    /// <param name="immediate">0 to 4095, or a multiple of 4096 up to 4095 * 4096.</param>
    internal static uint Of(AddImmediateRow row, bool is64, MachineRegister d, MachineRegister n, uint immediate)
        => (uint)row | Size(is64) | (immediate < 4096 ? immediate << 10 : 1U << 22 | immediate >> 12 << 10) | N(n) | (uint)d;

    internal static uint Of(LogicalImmediateRow row, bool is64, MachineRegister d, MachineRegister n, LogicalImmediate mask)
        => (uint)row | Size(is64) | (uint)mask.Fields << 10 | N(n) | (uint)d;

    /// <param name="part">0 to 3: which 16 bits.</param>
    internal static uint Of(MoveWideRow row, bool is64, MachineRegister d, ushort immediate, int part)
        => (uint)row | Size(is64) | (uint)part << 21 | (uint)immediate << 5 | (uint)d;

    internal static uint Of(BitfieldRow row, bool is64, MachineRegister d, MachineRegister n, int rotate, int last)
        => (uint)row | Size(is64) | (is64 ? WideField : 0) | (uint)rotate << 16 | (uint)last << 10 | N(n) | (uint)d;

    internal static uint Of(ExtractRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, int lsb)
        => (uint)row | Size(is64) | (is64 ? WideField : 0) | M(m) | (uint)lsb << 10 | N(n) | (uint)d;

    internal static uint Of(TwoSourceRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m)
        => (uint)row | Size(is64) | M(m) | N(n) | (uint)d;

    internal static uint Of(OneSourceRow row, bool is64, MachineRegister d, MachineRegister n)
        => (uint)row | Size(is64) | N(n) | (uint)d;

    internal static uint Of(ThreeSourceRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, MachineRegister a)
        => (uint)row | Size(is64) | M(m) | (uint)a << 10 | N(n) | (uint)d;

    internal static uint Of(HighProductRow row, MachineRegister d, MachineRegister n, MachineRegister m)
        => (uint)row | M(m) | N(n) | (uint)d;

    internal static uint Of(SelectRow row, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, Condition condition)
        => (uint)row | Size(is64) | M(m) | (uint)condition << 12 | N(n) | (uint)d;

    /// <param name="form">Any but <see cref="AddressForm.Register"/>.</param>
    internal static uint Of(MemoryRow row, AddressForm form, MachineRegister t, MachineRegister n, int offset)
        => (uint)row | (uint)form | N(n) | (uint)t | (form == AddressForm.Scaled ? (uint)offset >> row.SizeShift() << 10 : ((uint)offset & 0x1ff) << 12);

    /// <param name="isScaled">m is shifted by the size.</param>
    internal static uint Of(MemoryRow row, MachineRegister t, MachineRegister n, MachineRegister m, Extension extension, bool isScaled)
        => (uint)row | (uint)AddressForm.Register | M(m) | (uint)extension << 13 | (isScaled ? 1U << 12 : 0) | N(n) | (uint)t;

    internal static uint Of(PairRow row, MachineRegister t, MachineRegister u, MachineRegister n, int offset)
        => (uint)row | ((uint)(offset >> row.SizeShift()) & 0x7f) << 15 | (uint)u << 10 | N(n) | (uint)t;

    internal static uint Of(AtomicRow row, bool is64, MachineRegister s, MachineRegister t, MachineRegister n)
        => (uint)row | (is64 ? 0x4000_0000U : 0) | M(s) | N(n) | (uint)t;

    /// <param name="s">Of the exclusive stores only.</param>
    internal static uint Of(OrderedRow row, MachineRegister t, MachineRegister n, MachineRegister s = X0)
        => (uint)row | M(s) | N(n) | (uint)t;

    internal static uint Of(RegisterBranchRow row, MachineRegister n) => (uint)row | N(n);

    /// <summary>A branch without its distance.</summary>
    internal static uint Of(BranchRow row) => (uint)row;

    internal static uint Of(BranchRow row, Condition condition) => (uint)row | (uint)condition;

    internal static uint Of(BranchRow row, bool is64, MachineRegister t) => (uint)row | Size(is64) | (uint)t;

    internal static uint Of(BranchRow row, MachineRegister t, int bit) => (uint)row | (uint)(bit >> 5) << 31 | (uint)(bit & 31) << 19 | (uint)t;

    /// <summary>log2 of the bytes that are accessed.</summary>
    internal static int SizeShift(this MemoryRow row) => (int)((uint)row >> 30);

    /// <summary>log2 of the bytes of one of both registers.</summary>
    internal static int SizeShift(this PairRow row) => row == PairRow.StpVector ? 4 : (uint)row >= (uint)PairRow.StpAfter ? 3 : 2;

    private static uint Size(bool is64) => is64 ? Wide : 0;

    private static uint N(MachineRegister register) => (uint)register << 5;

    private static uint M(MachineRegister register) => (uint)register << 16;
}
