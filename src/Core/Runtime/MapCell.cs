using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>
/// The core's own cell of a map: a native word that programs hold the address of, leading to the map as it is now, and behind it one that leads machine code to the programs in
/// it (<see cref="JumpLayout.Cell"/>).
/// </summary>
internal sealed unsafe class MapCell : IDisposable
{
    private nint* _word;
    private GCHandle _self;

    public MapCell(IMap map)
    {
        Map = map;
        Keyed = map as IKeyedMap;
        _self = GCHandle.Alloc(this);
        _word = (nint*)NativeMemory.Alloc((nuint)(JumpLayout.Cell + sizeof(nint)));
        *_word = GCHandle.ToIntPtr(_self);
        *(nint*)((byte*)_word + JumpLayout.Cell) = (map as IJumpTableMap)?.Jumps.Cell ?? JumpTable.NoCell;
    }

    public IMap Map { get; }

    public IKeyedMap? Keyed { get; }

    /// <summary>What programs have in a register.</summary>
    public ulong Handle => (ulong)_word;

    public void Dispose()
    {
        if (_word is null)
        {
            return;
        }

        NativeMemory.Free(_word);
        _word = null;
        _self.Free();
    }
}
