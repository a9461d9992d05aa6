using Skep.Contracts;

namespace Skep.Verification.Obligations;

/// <summary>What must hold before an instruction may run.</summary>
internal enum ObligationKind : byte
{
    /// <summary>The register was written.</summary>
    Written,

    /// <summary>The register is a number, or pointers may become numbers.</summary>
    NumberOrLeak,

    /// <summary>The operation may be done on what the two registers hold.</summary>
    Arithmetic,

    /// <summary>The two registers may be compared.</summary>
    Comparable,

    /// <summary>Memory at the register may be accessed.</summary>
    Access,

    /// <summary>The value may be stored where the register points to.</summary>
    Storable,

    /// <summary>The call may happen here: no lock is held that forbids it.</summary>
    Callable,

    /// <summary>The argument is what the helper's prototype asks for.</summary>
    Argument,

    /// <summary>The argument is what the global function's type asks for.</summary>
    GlobalArgument,

    /// <summary>R6 holds the context.</summary>
    PacketContext,

    /// <summary>What the function returns is allowed.</summary>
    Returned,

    /// <summary>Nothing acquired is left, where the program may end.</summary>
    NothingHeld,
}

/// <summary>
/// One obligation of an instruction, as data: taken from the instruction alone (<see cref="ObligationTable"/>), checked against a state
/// (<see cref="Checks.ObligationCheck"/>).
/// </summary>
/// <param name="Register">The register it is about.</param>
/// <param name="Other">The second register; 255 for none.</param>
/// <param name="Offset">Of an access, in bytes; of an argument, its index.</param>
/// <param name="Size">Of an access, in bytes.</param>
internal readonly record struct Obligation(
    ObligationKind Kind, byte Register, byte Other = Obligation.NoRegister, int Offset = 0, byte Size = 0, MemoryAccess Access = MemoryAccess.None, bool IsAtomic = false)
{
    public const byte NoRegister = 255;
}
