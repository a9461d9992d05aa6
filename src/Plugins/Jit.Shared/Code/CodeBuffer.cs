using System.Buffers.Binary;
using Skep.Contracts;

namespace Skep.Jit.Code;

/// <summary>
/// Machine code while it is written: bytes, and between them sites whose size is not known yet (branches, alignment). Every cost is linear in what was
/// written. Not thread-safe.
/// </summary>
/// <remarks>
/// Bytes of sites are not in the buffer: a position is an offset in the plain bytes together with the number of sites before it. <see cref="CodeLayout{TForms}"/>
/// decides the sizes and makes the final bytes.
/// </remarks>
public sealed class CodeBuffer
{
    private byte[] _bytes;
    private int _length;
    private Site[] _sites;
    private int _siteCount;
    private Position[] _labels = new Position[64];
    private int _labelCount;
    private readonly List<PendingRelocation> _relocations = [];
    private PendingSlot[] _slots = new PendingSlot[128];
    private int _slotCount;

    /// <param name="expectedBytes">A guess that saves growing.</param>
    public CodeBuffer(int expectedBytes = 1024)
    {
        _bytes = new byte[Math.Max(expectedBytes, 64)];
        _sites = new Site[64];
    }

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    internal ReadOnlySpan<Site> Sites => _sites.AsSpan(0, _siteCount);

    internal ReadOnlySpan<Position> Labels => _labels.AsSpan(0, _labelCount);

    internal List<PendingRelocation> Relocations => _relocations;

    internal ReadOnlySpan<PendingSlot> Slots => _slots.AsSpan(0, _slotCount);

    public CodeLabel NewLabel()
    {
        Grow(ref _labels, _labelCount);
        _labels[_labelCount] = Position.Unbound;
        return new CodeLabel(_labelCount++);
    }

    /// <summary>Makes <paramref name="count"/> labels with consecutive indices, one for each slot of a program for example.</summary>
    /// <returns>The first.</returns>
    public CodeLabel NewLabels(int count)
    {
        int first = _labelCount;
        if (_labels.Length < first + count)
        {
            Array.Resize(ref _labels, Math.Max(first + count, 2 * _labels.Length));
        }

        _labels.AsSpan(first, count).Fill(Position.Unbound);
        _labelCount += count;
        return new CodeLabel(first);
    }

    /// <summary>The label is the place where the next byte or site goes. A label is bound once.</summary>
    public void Bind(CodeLabel label)
    {
        if (_labels[label.Index].IsBound)
        {
            throw new InvalidOperationException($"Label {label.Index} is bound twice.");
        }

        _labels[label.Index] = Here;
    }

    public bool IsBound(CodeLabel label) => _labels[label.Index].IsBound;

    /// <summary>Space for the next bytes, zeroed or not; what is not used is given back by <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int most)
    {
        if (_bytes.Length - _length < most)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + most));
        }

        return _bytes.AsSpan(_length, most);
    }

    /// <summary>The first <paramref name="count"/> bytes of the space that was reserved last are code now.</summary>
    public void Commit(int count) => _length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends a 32-bit word, little-endian: an instruction where all have this size.</summary>
    public void Append(uint word)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), word);
        _length += 4;
    }

    /// <summary>A branch to <paramref name="target"/>.</summary>
    /// <param name="branch">For <see cref="IBranchForms"/>; not looked at here.</param>
    public void Branch(uint branch, CodeLabel target) => AddSite(new Site(_length, target.Index, branch));

    /// <summary>The next place gets an address that is a multiple of <paramref name="alignment"/> bytes, a power of two, counted from the start of the code.</summary>
    /// <param name="mostPadding">Where more bytes would be needed, nothing is done.</param>
    public void Align(int alignment, int mostPadding = int.MaxValue)
    {
        if (alignment > 1)
        {
            AddSite(new Site(_length, ~alignment, (uint)Math.Min(mostPadding, alignment - 1)));
        }
    }

    /// <summary>The last 8 bytes that were appended are patched when the code is installed.</summary>
    public void RelocateLast(CodeRelocationKind kind, int index) => _relocations.Add(new PendingRelocation(At(_length - 8), kind, index));

    /// <summary>Appends 8 bytes that will be the address of <paramref name="target"/>.</summary>
    public void AppendAddress(CodeLabel target)
    {
        Reserve(8).Clear();
        _length += 8;
        _relocations.Add(new PendingRelocation(At(_length - 8), CodeRelocationKind.CodeAddress, ~target.Index));
    }

    /// <summary>From here on code stems from this slot.</summary>
    public void MarkSlot(int slot)
    {
        if (_slotCount > 0 && _slots[_slotCount - 1].Position == Here)
        {
            _slotCount--;
        }

        Grow(ref _slots, _slotCount);
        _slots[_slotCount++] = new PendingSlot(Here, slot);
    }

    private Position Here => At(_length);

    private Position At(int offset) => new(offset, _siteCount);

    private void AddSite(Site site)
    {
        Grow(ref _sites, _siteCount);
        _sites[_siteCount++] = site;
    }

    private static void Grow<T>(ref T[] array, int count)
    {
        if (count == array.Length)
        {
            Array.Resize(ref array, 2 * count);
        }
    }

    /// <summary>An offset in the plain bytes, and how many sites come before it.</summary>
    internal readonly record struct Position(int Offset, int Sites)
    {
        internal static Position Unbound => new(-1, 0);

        internal bool IsBound => Offset >= 0;
    }

    /// <param name="Offset">In the plain bytes.</param>
    /// <param name="Target">The label; the complement of the alignment for a gap.</param>
    /// <param name="Data">The branch, or the most bytes of a gap.</param>
    internal readonly record struct Site(int Offset, int Target, uint Data)
    {
        internal bool IsBranch => Target >= 0;

        internal int Alignment => ~Target;
    }

    /// <param name="Index">The complement of the label for an address of code.</param>
    internal readonly record struct PendingRelocation(Position Position, CodeRelocationKind Kind, int Index);

    internal readonly record struct PendingSlot(Position Position, int Slot);
}
