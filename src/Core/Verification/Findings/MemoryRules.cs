using Skep.Findings;

namespace Skep.Verification;

/// <summary>Findings about accesses to memory, by instructions and by helpers.</summary>
public static class MemoryRules
{
    public static readonly Rule NotAPointer = new(
        "SKEP3201", "an access through a number", "Load the pointer from where it is kept; a packet pointer must be loaded again after a helper that may move the packet.");

    public static readonly Rule NoDirectAccess = new(
        "SKEP3202", "an access to what is no memory of the program's", "Use the helpers that take it.");

    public static readonly Rule OutOfStack = new(
        "SKEP3203", "a stack access outside the frame", "Bound the index before it is used; a frame has 512 bytes.");

    public static readonly Rule UnwrittenStack = new(
        "SKEP3204", "stack that nobody wrote", "Initialise the variable, padding included: `struct key k = {};` or `__builtin_memset(&k, 0, sizeof(k))`.");

    public static readonly Rule Misaligned = new(
        "SKEP3205", "an access that is not aligned", "Access the bytes one by one, or align the variable.");

    public static readonly Rule OutOfContext = new(
        "SKEP3206", "a context access that the program type does not allow", "Read a field of the context struct, at its offset and size.");

    public static readonly Rule OutOfPacket = new(
        "SKEP3207", "a packet access that is not proved to be inside", "Compare with data_end first: `if (data + sizeof(*eth) > data_end) return 0;`.");

    public static readonly Rule OutOfMapValue = new(
        "SKEP3208", "an access outside the map value", "Bound the index before it is used: `if (i >= SIZE) return 0;` or `i &= SIZE - 1;`.");

    public static readonly Rule OutOfMemory = new(
        "SKEP3209", "an access outside the memory", "Bound the index before it is used, or ask for more memory.");

    public static readonly Rule ReadOnlyMemory = new(
        "SKEP3210", "a write to what may only be read", "Write to a copy.");

    public static readonly Rule WriteOnlyMemory = new(
        "SKEP3211", "a read of what may only be written", "Keep a copy of what was written.");

    public static readonly Rule AtomicTarget = new(
        "SKEP3212", "an atomic operation where there can be none", "Use it on stack and map values.");

    public static readonly Rule SpecialField = new(
        "SKEP3213", "an access to a lock or a timer as plain memory", "Use bpf_spin_lock and its like, and copy the fields beside it one by one.");

    public static readonly Rule CorruptedSpill = new(
        "SKEP3214", "a pointer on the stack overwritten in part", "Overwrite all 8 bytes of it, or use another variable.");
}
