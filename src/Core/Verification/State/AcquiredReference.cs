namespace Skep.Verification.State;

/// <summary>What a path has acquired and must give back.</summary>
internal enum ReferenceKind : byte
{
    /// <summary>An object or memory that a helper gave.</summary>
    Object,

    /// <summary>An iterator on the stack.</summary>
    Iterator,

    /// <summary>A lock in a map value.</summary>
    Lock,
}

/// <param name="Id">Unique on every path.</param>
/// <param name="Slot">Where it was acquired.</param>
/// <param name="Frame">The frame that was open.</param>
/// <param name="Target">Of a lock: the map's index.</param>
/// <param name="Object">Of a lock: the id of the look-up that gave the value, or 0 for global data.</param>
internal readonly record struct AcquiredReference(int Id, int Slot, ReferenceKind Kind, int Frame, int Target = 0, int Object = 0);
