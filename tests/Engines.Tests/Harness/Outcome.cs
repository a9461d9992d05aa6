using Skep.Contracts;

namespace Skep.Engines.Tests.Harness;

/// <summary>All that a run says of itself, but for the memory that it leaves behind.</summary>
/// <param name="Fuel">What is left.</param>
/// <param name="HelperFaults">Helpers that threw.</param>
internal readonly record struct Outcome(ulong Value, Trap Trap, ulong Fuel, long HelperFaults)
{
    public override string ToString()
        => $"r0 0x{Value:x}, {(Trap.Happened ? $"{Trap.Kind} at slot {Trap.Slot.Value} (0x{Trap.Address:x})" : "no trap")}, fuel {Fuel}, helper faults {HelperFaults}";
}
