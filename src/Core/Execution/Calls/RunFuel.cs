using Skep.Contracts;

namespace Skep.Execution.Calls;

/// <summary>What costs fuel beside slots and instructions, the same in every engine.</summary>
internal static unsafe class RunFuel
{
    /// <summary>Opening and closing a frame for a callback, and a step of an iterator: how often a helper calls back is not proved, in whatever mode.</summary>
    public const ulong Callback = 20;

    /// <returns>False when the run is over: it has the trap then.</returns>
    public static bool Take(Invocation* invocation, ulong cost)
    {
        bool isEnough = invocation->Fuel >= cost;
        invocation->Fuel = isEnough ? invocation->Fuel - cost : 0;
        invocation->TrapKind = isEnough ? invocation->TrapKind : TrapKind.FuelExhausted;
        return isEnough;
    }
}
