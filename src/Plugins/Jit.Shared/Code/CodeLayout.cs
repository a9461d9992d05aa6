using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Jit.Code;

/// <summary>
/// Decides the size of every site of a <see cref="CodeBuffer"/> and makes the final bytes. Branches start long; those that surely reach their target in the short
/// form become short, a few times over, since each makes others shorter. A gap counts with the most that it may become, so that a distance never grows.
/// </summary>
/// <typeparam name="TForms">The processor's branches.</typeparam>
public sealed class CodeLayout<TForms>
    where TForms : struct, IBranchForms
{
    private const int Rounds = 4;
    private readonly CodeBuffer _buffer;
    private readonly bool[] _isShort;
    private readonly int[] _before;

    /// <param name="buffer">Complete: every label that a branch goes to is bound. Must not change any more.</param>
    public CodeLayout(CodeBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffer = buffer;
        _isShort = new bool[buffer.Sites.Length];
        _before = new int[buffer.Sites.Length + 1];
        Measure(isFinal: false);
        for (int round = 0; round < Rounds && Shrink(); round++)
        {
            Measure(isFinal: false);
        }

        Measure(isFinal: true);
    }

    /// <summary>Bytes of the code.</summary>
    public int Length => _buffer.Bytes.Length + _before[^1];

    /// <summary>The label's offset in the code.</summary>
    public int OffsetOf(CodeLabel label)
    {
        CodeBuffer.Position position = _buffer.Labels[label.Index];
        return position.IsBound ? Final(position) : throw new InvalidOperationException($"Label {label.Index} is not bound.");
    }

    public ImmutableArray<byte> ToCode()
    {
        var code = new byte[Length];
        ReadOnlySpan<byte> plain = _buffer.Bytes;
        ReadOnlySpan<CodeBuffer.Site> sites = _buffer.Sites;
        int copied = 0;
        for (int i = 0; i < sites.Length; i++)
        {
            CodeBuffer.Site site = sites[i];
            int at = site.Offset + _before[i];
            plain[copied..site.Offset].CopyTo(code.AsSpan(copied + _before[i]));
            copied = site.Offset;
            Span<byte> place = code.AsSpan(at, _before[i + 1] - _before[i]);
            if (site.IsBranch)
            {
                TForms.Write(place, site.Data, _isShort[i], OffsetOf(new CodeLabel(site.Target)) - at);
            }
            else
            {
                TForms.Pad(place);
            }
        }

        plain[copied..].CopyTo(code.AsSpan(copied + _before[^1]));
        return ImmutableCollectionsMarshal.AsImmutableArray(code);
    }

    /// <summary>Sorted by offset.</summary>
    public ImmutableArray<CodeRelocation> ToRelocations()
        => [.. _buffer.Relocations.Select(pending => new CodeRelocation(
            Final(pending.Position), pending.Kind, pending.Index < 0 ? OffsetOf(new CodeLabel(~pending.Index)) : pending.Index))];

    /// <summary>Sorted by offset.</summary>
    public ImmutableArray<PcMapEntry> ToPcMap()
    {
        ReadOnlySpan<CodeBuffer.PendingSlot> slots = _buffer.Slots;
        var map = new PcMapEntry[slots.Length];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = new PcMapEntry(Final(slots[i].Position), new SlotIndex(slots[i].Slot));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(map);
    }

    private int Final(CodeBuffer.Position position) => position.Offset + _before[position.Sites];

    private void Measure(bool isFinal)
    {
        ReadOnlySpan<CodeBuffer.Site> sites = _buffer.Sites;
        int before = 0;
        for (int i = 0; i < sites.Length; i++)
        {
            CodeBuffer.Site site = sites[i];
            _before[i] = before;
            if (site.IsBranch)
            {
                before += TForms.Size(site.Data, _isShort[i]);
            }
            else if (isFinal)
            {
                int gap = -(site.Offset + before) & (site.Alignment - 1);
                before += gap <= site.Data ? gap : 0;
            }
            else
            {
                before += (int)site.Data;
            }
        }

        _before[^1] = before;
    }

    private bool Shrink()
    {
        ReadOnlySpan<CodeBuffer.Site> sites = _buffer.Sites;
        bool changed = false;
        for (int i = 0; i < sites.Length; i++)
        {
            CodeBuffer.Site site = sites[i];
            if (!site.IsBranch || _isShort[i])
            {
                continue;
            }

            long distance = OffsetOf(new CodeLabel(site.Target)) - (long)(site.Offset + _before[i]);
            if (TForms.FitsShort(site.Data, distance, _buffer.Labels[site.Target].Sites > i))
            {
                _isShort[i] = true;
                changed = true;
            }
        }

        return changed;
    }
}
