using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Isa;
using Skep.Programs;
using Skep.TestPrograms.Worlds;
using Skep.Verification.Walk;

namespace Skep.Verification.Tests.Soundness;

/// <summary>What a run does against what was proved of all runs.</summary>
internal sealed unsafe class FactCheck(World world, VerifierInput input, ProgramFacts facts)
{
    private const int MostBetweenFuel = 1_000_000;

    private readonly ImmutableHashSet<int> _neverNull = [.. facts.NeverNull.Select(slot => slot.Value)];
    private readonly ImmutableHashSet<int> _fuelSlots = [.. facts.FuelSlots.Select(slot => slot.Value)];
    private long _sinceFuel;

    public void Begin() => _sinceFuel = 0;

    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Find(RunState* state, Frames frames, ulong* r, int slot)
    {
        if (!facts.Visited[slot])
        {
            return "control never comes here, by the facts";
        }

        return FindFuel(slot) ?? FindArrival(frames, r, slot) ?? FindInstruction(state, frames, r, slot);
    }

    private string? FindFuel(int slot)
    {
        if (_fuelSlots.IsEmpty)
        {
            return null;
        }

        _sinceFuel = _fuelSlots.Contains(slot) ? 0 : _sinceFuel + 1;
        return _sinceFuel > MostBetweenFuel ? "no fuel was counted for a long time" : null;
    }

    /// <summary>What the instruction before told of this one.</summary>
    private string? FindArrival(Frames frames, ulong* r, int slot)
    {
        if (frames.Depth != frames.DepthBefore)
        {
            return null;
        }

        Instruction before = frames.InstructionBefore;
        int from = frames.SlotBefore;
        if (before.Row.IsConditional && before.Offset != 0)
        {
            BranchOutcome outcome = slot == from + 1 ? BranchOutcome.FallsThrough : BranchOutcome.Jumps;
            return (facts.Branches[from] & outcome) == 0 ? $"the branch at {from} never goes here, by the facts" : null;
        }

        return slot == from + 1 && _neverNull.Contains(from) && r[0] == 0 ? $"the result of the call at {from} is never null, by the facts" : null;
    }

    private string? FindInstruction(RunState* state, Frames frames, ulong* r, int slot)
    {
        Instruction instruction = input.Code[slot];
        OpcodeRow row = input.Rows[slot];
        if (facts.Constants.TryGetValue(slot, out ulong constant) && r[instruction.Source] != constant)
        {
            return $"r{instruction.Source} is 0x{r[instruction.Source]:x}, always 0x{constant:x} by the facts";
        }

        if (row.IsLoad || row.IsStore)
        {
            bool throughSource = row.Shape is InstructionShape.Load or InstructionShape.LoadAcquire;
            ulong address = r[throughSource ? instruction.Source : instruction.Destination] + (ulong)(long)instruction.Offset;
            return FindAccess(state, frames, slot, address, row.AccessSize, row.IsStore);
        }

        return input.Helpers[slot] is { } helper ? FindArguments(state, frames, r, helper) : null;
    }

    private string? FindAccess(RunState* state, Frames frames, int slot, ulong address, int size, bool isWrite)
    {
        if (FindMemory(state, frames, address, (ulong)size, isWrite) is { } wrong)
        {
            return wrong;
        }

        AccessFact fact = facts.Accesses[slot];
        ulong start = fact.Region switch
        {
            AccessRegion.Several or AccessRegion.Memory => 0,
            AccessRegion.Context => (ulong)world.Context,
            AccessRegion.Stack => frames.Pointer(frames.Base + fact.Target),
            AccessRegion.Packet => (ulong)world.Data,
            AccessRegion.PacketMeta => (ulong)world.DataMeta,
            AccessRegion.MapValue or AccessRegion.MapKey => ElementAt(fact, address),
            _ => 1,
        };
        long offset = (long)(address - start);
        return start switch
        {
            0 => null,
            1 => $"0x{address:x} is accessed, in {fact.Region} {fact.Target} by the facts",
            _ when offset < fact.Start || offset + size > fact.End => $"{size} bytes at {offset} of {fact.Region} are accessed, from {fact.Start} to {fact.End} by the facts",
            _ => null,
        };
    }

    /// <summary>Where the element begins that an address lies in; 1 when it lies in none of the map.</summary>
    private ulong ElementAt(AccessFact fact, ulong address)
    {
        MapInput wanted = input.Map(fact.Target);
        foreach (WorldMap map in world.Active)
        {
            if (wanted.Map is { } loaded ? map.Map != loaded : map.ValueSize != wanted.ValueSize)
            {
                continue;
            }

            ulong start = (ulong)(fact.Region == AccessRegion.MapKey ? map.Keys : map.Values);
            ulong stride = (ulong)(fact.Region == AccessRegion.MapKey ? map.KeySize : map.Stride);
            if (address - start < stride * (ulong)(fact.Region == AccessRegion.MapKey ? map.KeyCount : map.Entries))
            {
                return address - ((address - start) % stride);
            }
        }

        return 1;
    }

    private string? FindArguments(RunState* state, Frames frames, ulong* r, HelperDescriptor helper)
    {
        WorldMap? map = null;
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            HelperArgument argument = helper.Arguments[i];
            ulong value = r[i + 1];
            ulong size = argument.Kind switch
            {
                HelperArgumentKind.MapKey => (ulong)(map?.KeySize ?? 0),
                HelperArgumentKind.MapValue => (ulong)(map?.ValueSize ?? 0),
                HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory => argument.FixedSize > 0 ? (ulong)argument.FixedSize : r[i + 2],
                HelperArgumentKind.Iterator => (ulong)argument.FixedSize,
                _ => 0,
            };
            if (argument.Kind == HelperArgumentKind.ConstMap && (map = world.Find(value)) is null)
            {
                return $"argument {i + 1} of {helper.Name} is 0x{value:x}, no map";
            }

            bool isWritten = argument.Kind == HelperArgumentKind.WritableMemory || (argument.Flags & HelperArgumentFlags.Uninitialized) != 0;
            if (size > 0 && FindMemory(state, frames, value, size, isWritten) is { } wrong)
            {
                return $"argument {i + 1} of {helper.Name}: {wrong}";
            }
        }

        return null;
    }

    /// <summary>Whether bytes are the program's to read or write.</summary>
    private string? FindMemory(RunState* state, Frames frames, ulong address, ulong size, bool isWrite)
    {
        if (frames.Find(state, address) is >= 0 and int depth)
        {
            long below = (long)(frames.Pointer(depth) - address);
            int known = facts.Functions[frames.Function(depth)].StackBytes;
            return size > (ulong)below ? $"{size} bytes at {-below} of the stack reach into another frame" : below > known ? $"byte {-below} of the stack is accessed, none below {-known} by the facts" : null;
        }

        if (new MemoryRegion((nint)world.Context, (nuint)world.ContextSize, MemoryAccess.ReadWrite).Contains(address, size))
        {
            long end = (long)(address - (ulong)world.Context) + (long)size;
            return end > facts.RequiredContextSize ? $"byte {end - 1} of the context is accessed, {facts.RequiredContextSize} are required by the facts" : null;
        }

        return new MemoryRegion((nint)world.DataMeta, (nuint)(world.DataEnd - world.DataMeta), MemoryAccess.ReadWrite).Contains(address, size) || IsOfMap(address, size, isWrite) || IsGiven(address, size, isWrite)
            ? null
            : $"{size} bytes at 0x{address:x} are accessed, which are not the program's";
    }

    private bool IsOfMap(ulong address, ulong size, bool isWrite)
    {
        foreach (WorldMap map in world.Active)
        {
            ulong offset = address - (ulong)map.Values;
            if (offset < (ulong)(map.Stride * map.Entries))
            {
                return (offset % (ulong)map.Stride) + size <= (ulong)map.ValueSize && (map.Access & (isWrite ? MemoryAccess.Write : MemoryAccess.Read)) != 0;
            }

            offset = address - (ulong)map.Keys;
            if (offset < (ulong)(map.KeySize * map.KeyCount))
            {
                return (offset % (ulong)map.KeySize) + size <= (ulong)map.KeySize && !isWrite;
            }
        }

        return false;
    }

    private bool IsGiven(ulong address, ulong size, bool isWrite)
    {
        foreach (MemoryRegion record in world.Records)
        {
            if (record.Contains(address, size))
            {
                return true;
            }
        }

        return !isWrite && address >= (ulong)world.Element && address + size <= (ulong)world.Element + sizeof(int);
    }
}
