using Skep.Jit.Arm64.Encoding;

namespace Skep.Jit.Arm64.Emission;

/// <summary>What a register of the program is, while no code has put it into the register's place yet.</summary>
internal enum DeferredKind : byte
{
    /// <summary>It is in its place.</summary>
    None,

    /// <summary>What is in the source's place.</summary>
    Copy,

    /// <summary>R10 plus <see cref="Deferred.Amount"/>; no source.</summary>
    FrameAddress,

    /// <summary>The source's low bits, extended to 64.</summary>
    Extended,

    /// <summary>The source, shifted by <see cref="Deferred.Amount"/>.</summary>
    Shifted,

    /// <summary>The source with all bits inverted.</summary>
    Inverted,

    /// <summary>The source plus the second, which is extended and then shifted by <see cref="Deferred.Amount"/>; 64 bits.</summary>
    Sum,

    /// <summary>The source times the second.</summary>
    Product,
}

/// <summary>A value that an instruction may take along as an operand, or that is computed when it is needed and there is no way around.</summary>
/// <param name="Source">Register of the program whose place holds the operand: what is there, not what the program's register is worth.</param>
/// <param name="Second">As <paramref name="Source"/>; of kinds with two operands.</param>
/// <param name="Is64">Else the result has 32 bits and is zero-extended.</param>
internal readonly record struct Deferred(DeferredKind Kind, byte Source, byte Second, bool Is64, Shift Shift, Extension Extension, int Amount)
{
    internal static Deferred CopyOf(int source) => new(DeferredKind.Copy, (byte)source, 0, true, default, default, 0);

    internal static Deferred Frame(int offset) => new(DeferredKind.FrameAddress, 0, 0, true, default, default, offset);

    internal static Deferred Extend(int source, Extension extension) => new(DeferredKind.Extended, (byte)source, 0, true, default, extension, 0);

    internal static Deferred ShiftOf(int source, bool is64, Shift shift, int amount) => new(DeferredKind.Shifted, (byte)source, 0, is64, shift, default, amount);

    internal static Deferred Invert(int source, bool is64) => new(DeferredKind.Inverted, (byte)source, 0, is64, default, default, 0);

    internal static Deferred Add(int source, int second, Extension extension, int amount)
        => new(DeferredKind.Sum, (byte)source, (byte)second, true, default, extension, amount);

    internal static Deferred Multiply(int source, int second, bool is64) => new(DeferredKind.Product, (byte)source, (byte)second, is64, default, default, 0);

    internal bool HasSource => Kind is not (DeferredKind.None or DeferredKind.FrameAddress);

    internal bool HasSecond => Kind is DeferredKind.Sum or DeferredKind.Product;

    /// <summary>Its low 32 bits are those of the source.</summary>
    internal bool KeepsLowHalf => Kind == DeferredKind.Copy || (Kind == DeferredKind.Extended && Extension is (Extension.Word or Extension.SignedWord));

    internal bool DependsOn(int register) => (HasSource && Source == register) || (HasSecond && Second == register);
}
