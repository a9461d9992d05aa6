using Skep.Execution.Calls;
using Skep.Isa;
using Skep.TestPrograms.Worlds;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Tests.Soundness;

/// <summary>
/// Concrete registers against the states that the walk had at their slot. A path that was cut off at a kept state is covered by it only in what that state
/// needed: pointers, and numbers that turned out precise. Where states were compared in all they hold, every live number counts.
/// </summary>
internal sealed unsafe class StateCheck(World world, StateRecorder recorder, bool comparesEverything)
{
    private const int Few = 64;

    private string _reason = "";

    /// <returns>What is wrong; null when a state covers the registers.</returns>
    public string? Find(Frames frames, ulong* r, int slot)
    {
        if (recorder.IsIncompleteAt(slot))
        {
            return null;
        }

        IReadOnlyList<SeenState> states = recorder.At(slot);
        _reason = "";
        for (int i = states.Count - 1; i >= 0; i--)
        {
            if (Covers(states[i], frames, r, slot))
            {
                return null;
            }
        }

        return $"none of {states.Count} states covers it: {(_reason.Length == 0 ? "the walk was never here with these frames" : _reason)}";
    }

    private bool Covers(SeenState seen, Frames frames, ulong* r, int slot)
    {
        VerifierState state = seen.State;
        int first = frames.Base;
        if (state.FrameCount != frames.Depth - first + 1)
        {
            return false;
        }

        for (int i = 1; i < state.FrameCount; i++)
        {
            if (state.Frame(i).CallSite != frames.CallSite(first + i))
            {
                return false;
            }
        }

        RegisterSet live = recorder.Input!.Live[slot];
        for (byte register = 0; register < (int)Register.R10; register++)
        {
            if (live.Contains(register) && !Holds(state.Current.Registers[register], r[register], seen.Provenance, frames))
            {
                RegisterState held = state.Current.Registers[register];
                _reason += $"\n  r{register} is 0x{r[register]:x}, {held.Kind} {held.Number} at {held.Offset} range {held.Range} target {held.Target} id {held.Id}{(held.MayBeNull ? " or null" : "")} was found";
                return false;
            }
        }

        return true;
    }

    private bool Holds(in RegisterState state, ulong value, Provenance provenance, Frames frames)
    {
        if (state.Kind == ValueKind.Uninitialized)
        {
            return true;
        }

        if (state.Kind == ValueKind.Scalar)
        {
            return (!comparesEverything && !provenance.IsPrecise(state.Node)) || state.Number.Contains(value);
        }

        if (state.MayBeNull && value == 0)
        {
            return true;
        }

        return state.Kind switch
        {
            ValueKind.Context => IsAt(state, value, (ulong)world.Context),
            ValueKind.Stack => IsAt(state, value, frames.Pointer(frames.Base + state.Frame)),
            ValueKind.Map => IsMap(state, value),
            ValueKind.MapValue or ValueKind.MapKey => IsElement(state, value),
            ValueKind.Packet => IsAt(state, value, (ulong)world.Data) && IsInRange(state, value, (ulong)world.DataEnd),
            ValueKind.PacketMeta => IsAt(state, value, (ulong)world.DataMeta) && IsInRange(state, value, (ulong)world.Data),
            ValueKind.PacketEnd => value == (ulong)world.DataEnd,
            ValueKind.Function => FunctionAddress.SlotOf(value) >= 0,
            _ => value != 0,
        };
    }

    private static bool IsAt(in RegisterState state, ulong value, ulong start) => state.Number.Contains(value - start - (ulong)(long)state.Offset);

    // Proved to be there from the variable part on; a negative number says that the address was past the end.
    private static bool IsInRange(in RegisterState state, ulong value, ulong end) => state.Range <= 0 || (long)(end - (value - (ulong)(long)state.Offset)) >= state.Range;

    private bool IsMap(in RegisterState state, ulong value)
    {
        MapInput map = recorder.Input!.Map(state.Target);
        return map.Map is { } loaded ? loaded.Handle == value : world.Find(value) is { } found && found.Map.Map.Spec.ValueSize == map.Spec.ValueSize;
    }

    private bool IsElement(in RegisterState state, ulong value)
    {
        MapInput input = recorder.Input!.Map(state.Target);
        foreach (WorldMap map in world.Active)
        {
            if (input.Map is { } loaded ? map.Map != loaded : map.ValueSize != input.ValueSize)
            {
                continue;
            }

            bool isKey = state.Kind == ValueKind.MapKey;
            int count = isKey ? map.KeyCount : map.Entries;
            int near = count > Few ? (int)Math.Clamp((long)(value - (ulong)map.Values) / map.Stride, 0, count - 1) : 0;
            for (int i = count > Few ? Math.Max(near - 2, 0) : 0; i < (count > Few ? Math.Min(near + 3, count) : count); i++)
            {
                if (IsAt(state, value, isKey ? (ulong)(map.Keys + (i * map.KeySize)) : (ulong)(map.Values + (i * map.Stride))))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
