namespace Skep.Contracts;

/// <summary>Helpers whose work back ends know, so that code can do it in a few instructions of its own instead of calling.</summary>
public enum HelperIntrinsic : byte
{
    /// <summary>Known to the helper set alone.</summary>
    None,

    /// <summary><see cref="HelperIntrinsics.ProcessorNumber"/>.</summary>
    ProcessorNumber,

    /// <summary>
    /// A tail call (<see cref="HelperDescriptor.IsTailCall"/>) to the element of the map in R2 at the index in the low half of R3. Where the map is an <see cref="IJumpTableMap"/>, machine
    /// code jumps there (<see cref="JumpLayout"/>), and calls the helper in all cases that it leaves to it.
    /// </summary>
    TailCall,
}

/// <summary>What each <see cref="HelperIntrinsic"/> does.</summary>
public static unsafe class HelperIntrinsics
{
    /// <summary>The highest number of a processor (Linux: the largest NR_CPUS), which the result never exceeds.</summary>
    public const int MaximumProcessor = 8191;

    /// <summary>
    /// The processor on which the event happened, where its source knows it (<see cref="EventOrigin.IsKnown"/>), else the one that runs the calling thread;
    /// at least 0 and at most <see cref="MaximumProcessor"/>.
    /// </summary>
    public static ulong ProcessorNumber(Invocation* invocation)
    {
        int number = invocation->OriginPointer->IsKnown ? invocation->OriginPointer->Cpu : Thread.GetCurrentProcessorId();
        return (ulong)Math.Clamp(number, 0, MaximumProcessor);
    }
}
