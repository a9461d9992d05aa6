using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution.Calls;

namespace Skep.Execution.Interpreter;

/// <summary>
/// All that a run of an unproved program may touch: the frames that are open, its context and packet, the direct values of its maps, and what
/// helpers gave it. Everything else is not its own.
/// </summary>
internal unsafe struct ProgramMemory
{
    /// <summary>The open frames.</summary>
    public MemoryRegion Stack;

    public MemoryRegion Context;

    /// <summary>The packet.</summary>
    public MemoryRegion Data;

    /// <summary>The direct values of the program's maps: the same for every run.</summary>
    public MemoryRegion* Direct;
    public int DirectCount;

    /// <summary>What helpers returned and what stays valid for the run.</summary>
    public RegionTable Returned;

    /// <summary>What the helpers that call back right now have given to their callbacks.</summary>
    public CallbackScope* Scopes;

    /// <summary>What the run holds; its addresses are good until they are released.</summary>
    public HeldReferences* Held;

    // Where the last access outside of the stack was: the next is most often there too.
    private MemoryRegion _last;

    /// <summary>Whether <paramref name="size"/> bytes, at least 1, lie inside one region that may be accessed so.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Allows(ulong address, ulong size, MemoryAccess access)
        => Stack.Contains(address, size)
            || (_last.Contains(address, size) && (_last.Access & access) == access)
            || Search(address, size, access);

    /// <summary>
    /// Bytes from an address to the end of the region that it lies in; 0 when it may not be read, or when another run may write there meanwhile: map values
    /// are shared, all else is the run's own.
    /// </summary>
    public nuint ConstantFrom(ulong address)
    {
        MemoryRegion region = Stack.Contains(address, 1) ? Stack : Search(address, 1, MemoryAccess.Read) ? _last : MemoryRegion.None;
        bool isOwn = region == Stack || region == Context || region == Data || Held->TryFindAround(address, 1, out _);
        return region.Length == 0 || (!isOwn && (region.Access & MemoryAccess.Write) != 0) ? 0 : region.Length - (nuint)(address - (ulong)region.Address);
    }

    /// <summary>Makes what a helper returned accessible until the run ends.</summary>
    /// <returns>What that took, in the measure of <see cref="RegionTable.Add"/>.</returns>
    public int Admit(MemoryRegion region)
    {
        if (region.Length == 0 || SearchDirect((ulong)region.Address, region.Length, region.Access))
        {
            return 0;
        }

        _last = region;
        return Returned.Add(region);
    }

    /// <summary>Whether a helper gave exactly this memory, to be written too, for the run or for a callback.</summary>
    public readonly bool IsReturned(ulong address, ulong size)
    {
        var wanted = new MemoryRegion((nint)address, (nuint)size, MemoryAccess.ReadWrite);
        for (CallbackScope* scope = Scopes; scope is not null; scope = scope->Outer)
        {
            if (scope->Value == wanted)
            {
                return true;
            }
        }

        return Returned.TryFind(address, size, out MemoryRegion region) && region == wanted;
    }

    /// <summary>To be called when something may no longer be accessed.</summary>
    public void Forget() => _last = MemoryRegion.None;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Search(ulong address, ulong size, MemoryAccess access)
        => Take(Context, address, size, access)
            || Take(Data, address, size, access)
            || SearchDirect(address, size, access)
            || (Returned.TryFind(address, size, out MemoryRegion returned) && Take(returned, address, size, access))
            || (Held->TryFindAround(address, size, out MemoryRegion held) && Take(held, address, size, access))
            || SearchScopes(address, size, access);

    private bool Take(MemoryRegion region, ulong address, ulong size, MemoryAccess access)
    {
        if (!region.Contains(address, size) || (region.Access & access) != access)
        {
            return false;
        }

        _last = region;
        return true;
    }

    private bool SearchDirect(ulong address, ulong size, MemoryAccess access)
    {
        for (int i = 0; i < DirectCount; i++)
        {
            if (Take(Direct[i], address, size, access))
            {
                return true;
            }
        }

        return false;
    }

    private bool SearchScopes(ulong address, ulong size, MemoryAccess access)
    {
        for (CallbackScope* scope = Scopes; scope is not null; scope = scope->Outer)
        {
            if (Take(scope->Key, address, size, access) || Take(scope->Value, address, size, access))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a callback may touch until it returns: the key and the value that a walk over a map has come to.</summary>
internal unsafe struct CallbackScope
{
    public MemoryRegion Key;
    public MemoryRegion Value;
    public CallbackScope* Outer;
}
