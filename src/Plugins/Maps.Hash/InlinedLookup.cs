using Skep.Contracts;

namespace Skep.Maps;

/// <summary>The look-up of a hash map in a program's own instructions: what <c>HashMap.Find</c> does, step by step.</summary>
/// <remarks>
/// Every load of the walk acquires, which orders it before all that come after it: so the last look at the sequence is behind the walk on any processor. As the map's own
/// readers it waits for nobody, and walks again when an element left the chain meanwhile. Only the program's key is read plainly, and once.
/// </remarks>
internal static class InlinedLookup
{
    /// <param name="keySize">4 or 8.</param>
    /// <param name="buckets">The address of the first.</param>
    /// <param name="mask">What of a hash chooses the bucket.</param>
    /// <param name="valueOffset">From an element to its value, in bytes.</param>
    /// <param name="marksUse">Being looked up counts as use.</param>
    public static InlinedCode Of(uint keySize, in HashSeed seed, ulong buckets, uint mask, uint valueOffset, bool marksUse)
    {
        string key = keySize == sizeof(uint) ? "u32" : "u64";
        string fold = keySize == sizeof(uint)
            ? ""
            : """
              r1 = r0
              r1 >>= 32
              r0 ^= r1
              """;
        string mark = marksUse
            ? """
              r2 = *(u32 *)(r1 +12)
              if r2 != 0 goto used
              *(u32 *)(r1 +12) = 1
              used:
              """
            : "";
        return InlinedCode.Assemble(
            $"""
            r3 = *({key} *)(r2 +0)
            r0 = 0x{seed.Key:x}
            r0 ^= r3
            {fold}
            r1 = 0x{seed.Multiplier:x}
            r0 *= r1
            r1 = r0
            r1 >>= 32
            r0 ^= r1
            r1 = 0x{HashSeed.Mixed:x}
            r0 *= r1
            r0 >>= 32
            r4 = r0
            r4 &= {mask}
            r4 <<= 4
            r1 = 0x{buckets:x}
            r4 += r1
            again:
            r5 = load_acquire((u32 *)(r4 +8))
            r1 = load_acquire((u64 *)(r4 +0))
            next:
            if r1 == 0 goto end
            r2 = load_acquire((u32 *)(r1 +8))
            if r2 != r0 goto step
            r2 = load_acquire(({key} *)(r1 +16))
            if r2 == r3 goto end
            step:
            r1 = load_acquire((u64 *)(r1 +0))
            r2 = load_acquire((u32 *)(r4 +8))
            if r2 != r5 goto again
            goto next
            end:
            r2 = load_acquire((u32 *)(r4 +8))
            if r2 != r5 goto again
            r0 = r1
            if r1 == 0 goto out
            {mark}
            r0 += {valueOffset}
            out:
            """,
            isForCompiledCode: true);
    }
}
