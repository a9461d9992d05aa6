using System.Runtime.InteropServices;
using Skep.Execution.Calls;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Contracts;

/// <summary>
/// The elements of a program array as machine code reads them: addresses of what the core keeps of each program. Readers take no lock; who changes it does so alone. What they do not find
/// here they ask the map for (<see cref="IObjectMap{T}.Find"/>), so that nothing is ever missing that a table does not have.
/// </summary>
/// <remarks>
/// A map has its elements in a place of its own, too, and a reader must not see the new ones in one place and then the old ones in the other. So a map first takes away what it is about to
/// change (<see cref="Clear(uint)"/>, <see cref="Clear()"/>), then changes its own elements, and then sets them here: meanwhile all look in the map.
/// </remarks>
public sealed unsafe class JumpTable : IDisposable
{
    /// <summary>A cell for maps without a table: it leads to one without elements.</summary>
    internal static readonly nint NoCell = NewNoCell();

    private readonly uint _count;
    private readonly List<nint> _retired = [];
    private nint* _cell;
    private bool _isFreeing;

    /// <param name="count">The elements of the map.</param>
    public JumpTable(uint count)
    {
        _count = count;
        _cell = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        *_cell = (nint)NewTable(count);
    }

    /// <summary>What it takes, in bytes.</summary>
    public static long MemoryBytes(uint count) => JumpLayout.Elements + (long)count * sizeof(nint);

    /// <summary>The word that machine code starts from: the address of the table as it is now.</summary>
    internal nint Cell => (nint)_cell;

    /// <summary>From now on readers ask the map for this element.</summary>
    public void Clear(uint index) => Volatile.Write(ref *Element(index), JumpTarget.None);

    /// <summary>From now on readers ask the map for every element.</summary>
    public void Clear()
    {
        ObjectDisposedException.ThrowIf(_cell is null, this);
        Switch(*(nint*)NoCell);
    }

    /// <param name="program">Held by the map until the element is cleared; null for none.</param>
    public void Set(uint index, LoadedProgram? program) => Volatile.Write(ref *Element(index), program?.JumpAddress ?? JumpTarget.None);

    /// <summary>After <see cref="Clear()"/>: all elements, at once.</summary>
    /// <param name="programs">As many as the table has elements.</param>
    public void SetAll(ReadOnlySpan<LoadedProgram?> programs)
    {
        ObjectDisposedException.ThrowIf(_cell is null, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual((uint)programs.Length, _count);
        byte* table = NewTable(_count);
        var elements = (nint*)(table + JumpLayout.Elements);
        for (int index = 0; index < programs.Length; index++)
        {
            elements[index] = programs[index]?.JumpAddress ?? JumpTarget.None;
        }

        Switch((nint)table);
    }

    /// <summary>Frees it. No program uses the map any more.</summary>
    public void Dispose()
    {
        if (_cell is not null)
        {
            Switch(*(nint*)NoCell);
            NativeMemory.Free(_cell);
            _cell = null;
        }
    }

    private nint* Element(uint index)
    {
        ObjectDisposedException.ThrowIf(_cell is null, this);
        byte* table = (byte*)*_cell;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, *(uint*)table);
        return (nint*)(table + JumpLayout.Elements) + index;
    }

    private void Switch(nint table)
    {
        nint before = *_cell;
        Volatile.Write(ref *_cell, table);
        if (before != *(nint*)NoCell)
        {
            Retire(before);
        }
    }

    /// <summary>Runs that are under way may still read it. They may be this thread's own, so it is another one that waits for them.</summary>
    private void Retire(nint table)
    {
        lock (_retired)
        {
            _retired.Add(table);
            if (!_isFreeing)
            {
                _isFreeing = true;
                ThreadPool.UnsafeQueueUserWorkItem(static jumps => jumps.FreeRetired(), this, preferLocal: false);
            }
        }
    }

    private void FreeRetired()
    {
        while (true)
        {
            nint[] tables;
            lock (_retired)
            {
                tables = [.. _retired];
                _retired.Clear();
                if (tables.Length == 0)
                {
                    _isFreeing = false;
                    return;
                }
            }

            Epoch.WaitForRuns();
            Array.ForEach(tables, static table => NativeMemory.Free((void*)table));
        }
    }

    private static byte* NewTable(uint count)
    {
        var table = (byte*)NativeMemory.Alloc((nuint)MemoryBytes(count));
        *(ulong*)table = count;
        new Span<nint>(table + JumpLayout.Elements, (int)count).Fill(JumpTarget.None);
        return table;
    }

    private static nint NewNoCell()
    {
        var cell = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        *cell = (nint)NewTable(0);
        return (nint)cell;
    }
}
