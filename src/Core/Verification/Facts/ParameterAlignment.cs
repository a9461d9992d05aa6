using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Facts;

/// <summary>
/// Global functions are verified once for whatever they are given, and an atomic operation needs its memory aligned, or it faults on some processors. So
/// which functions do atomics on their parameters, and which are given memory that may not be aligned, is gathered over all walks and put together at
/// the end.
/// </summary>
internal sealed class ParameterAlignment
{
    private const ulong Required = 8;

    private readonly Dictionary<int, int> _unalignedCalls = [];
    private readonly HashSet<int> _atomicFunctions = [];

    /// <summary>A function that is walked on its own does an atomic operation on memory that it was given.</summary>
    public void Atomic(int function) => _atomicFunctions.Add(function);

    /// <summary>A global function is given a pointer at a slot.</summary>
    /// <param name="isOwnParameter">The caller was given it itself.</param>
    public void Argument(int function, int slot, in RegisterState pointer, bool isOwnParameter)
    {
        Tnum place = pointer.Number.Bits.Add(Tnum.Constant((ulong)(long)pointer.Offset));
        bool isAligned = !isOwnParameter && pointer.Kind is ValueKind.Stack or ValueKind.MapValue or ValueKind.Memory && place.IsAligned(Required);
        if (!isAligned)
        {
            _unalignedCalls.TryAdd(function, slot);
        }
    }

    /// <returns>False when some function does atomics on memory that may not be aligned: the context has the problem.</returns>
    public bool Check(WalkContext context)
    {
        foreach (int function in _atomicFunctions)
        {
            if (_unalignedCalls.TryGetValue(function, out int slot))
            {
                context.Slot = slot;
                return context.FailStricter(
                    MemoryRules.Misaligned, $"global function {context.Input.Functions.Names[function]} does atomic operations on memory that it is given, and the memory passed here may not be aligned to {Required} bytes",
                    "Linux relies on the processor for that");
            }
        }

        return true;
    }
}
