using Skep.Btf;
using Skep.Programs;

namespace Skep.Loading.Btf;

/// <summary>What <c>.BTF.ext</c> says about one section of code; every list is sorted by slot (of the section), with none twice.</summary>
internal sealed class BtfExtSection
{
    public List<(int Slot, BtfTypeId Function)> Functions { get; } = [];

    public List<LineInfo> Lines { get; } = [];

    public List<CoreRelocation> CoreRelocations { get; } = [];

    /// <summary>The first entry at or after <paramref name="slot"/>.</summary>
    public static int LowerBound<T>(List<T> entries, int slot, Func<T, int> slotOf)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (slotOf(entries[middle]) < slot)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
