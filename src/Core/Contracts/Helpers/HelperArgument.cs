namespace Skep.Contracts;

/// <summary>What an argument must be; the kernel's <c>ARG_*</c> vocabulary (kernel/bpf/verifier.c, include/linux/bpf.h).</summary>
public enum HelperArgumentKind : byte
{
    /// <summary>Any initialised value; the helper treats it as a number (<c>ARG_ANYTHING</c>).</summary>
    Anything,

    /// <summary>A map known when the program is linked (<c>ARG_CONST_MAP_PTR</c>); must offer <see cref="HelperArgument.Operations"/>.</summary>
    ConstMap,

    /// <summary>Readable memory of the key size of the map in the nearest <see cref="ConstMap"/> argument before it (<c>ARG_PTR_TO_MAP_KEY</c>).</summary>
    MapKey,

    /// <summary>Readable memory of that map's value size (<c>ARG_PTR_TO_MAP_VALUE</c>).</summary>
    MapValue,

    /// <summary>Readable memory; its size is fixed or in the next argument (<c>ARG_PTR_TO_MEM | MEM_RDONLY</c>).</summary>
    ReadableMemory,

    /// <summary>Writable memory; its size is fixed or in the next argument; need not be initialised with <see cref="HelperArgumentFlags.Uninitialized"/> (<c>ARG_PTR_TO_MEM | MEM_WRITE</c>).</summary>
    WritableMemory,

    /// <summary>The size, in bytes, of the memory argument before it (<c>ARG_CONST_SIZE</c>).</summary>
    Size,

    /// <summary>As <see cref="Size"/>, and 0 is allowed (<c>ARG_CONST_SIZE_OR_ZERO</c>).</summary>
    SizeOrZero,

    /// <summary>A constant: the size of the memory that the helper returns (<c>ARG_CONST_ALLOC_SIZE_OR_ZERO</c>).</summary>
    AllocationSize,

    /// <summary>The program's context (<c>ARG_PTR_TO_CTX</c>).</summary>
    Context,

    /// <summary>A NUL-terminated string in read-only memory (<c>ARG_PTR_TO_CONST_STR</c>).</summary>
    ConstString,

    /// <summary>A function of the program, to be called back (<c>ARG_PTR_TO_FUNC</c>).</summary>
    Function,

    /// <summary>Anything within the program's own stack, or 0: what a callback is given (<c>ARG_PTR_TO_STACK_OR_NULL</c>).</summary>
    StackOrNull,

    /// <summary>Memory that a helper of <see cref="HelperArgument.ObjectType"/> returned and that is still held (<c>ARG_PTR_TO_RINGBUF_MEM</c>).</summary>
    AcquiredMemory,

    /// <summary>A pointer to the opaque object named <see cref="HelperArgument.ObjectType"/> (<c>ARG_PTR_TO_SOCKET</c>, <c>ARG_PTR_TO_BTF_ID</c>).</summary>
    Object,

    /// <summary>A <c>bpf_spin_lock</c> inside a map value (<c>ARG_PTR_TO_SPIN_LOCK</c>).</summary>
    SpinLock,

    /// <summary>A <c>bpf_timer</c> inside a map value (<c>ARG_PTR_TO_TIMER</c>).</summary>
    Timer,

    /// <summary>A <c>bpf_dynptr</c> on the stack (<c>ARG_PTR_TO_DYNPTR</c>).</summary>
    DynamicPointer,

    /// <summary>
    /// An open-coded iterator of the kind <see cref="HelperArgument.ObjectType"/> on the stack, <see cref="HelperArgument.FixedSize"/> bytes
    /// (<c>KF_ARG_PTR_TO_ITER</c>). With <see cref="HelperArgumentFlags.Uninitialized"/> the call makes it, with
    /// <see cref="HelperArgumentFlags.Releases"/> it ends it, with neither it takes the next element, which the result points to.
    /// </summary>
    Iterator,
}

/// <summary>Modifiers of an argument.</summary>
[Flags]
public enum HelperArgumentFlags : byte
{
    None = 0,

    /// <summary>0 is allowed instead of a pointer (<c>PTR_MAYBE_NULL</c>).</summary>
    MaybeNull = 1,

    /// <summary>The memory need not be initialised: the helper fills it (<c>MEM_UNINIT</c>).</summary>
    Uninitialized = 2,

    /// <summary>The call gives the reference back (<c>OBJ_RELEASE</c>).</summary>
    Releases = 4,
}

/// <summary>One argument of a helper.</summary>
/// <param name="Name">As the C header shows it.</param>
public sealed record HelperArgument(HelperArgumentKind Kind, string Name, HelperArgumentFlags Flags = HelperArgumentFlags.None)
{
    /// <summary>The size of a memory argument when it is not in the next argument, in bytes; 0 otherwise.</summary>
    public int FixedSize { get; init; }

    /// <summary>What the map in a <see cref="HelperArgumentKind.ConstMap"/> must offer.</summary>
    public MapOperations Operations { get; init; }

    /// <summary>The name of the opaque object, of the kind of acquired memory, or of the kind of iterator.</summary>
    public string? ObjectType { get; init; }

    /// <summary>For a <see cref="HelperArgumentKind.Function"/>: what the helper calls it with. A function argument without it is never called.</summary>
    public CallbackDescriptor? Callback { get; init; }

    /// <summary>The type that the C header shows, such as <c>__u32</c> or <c>const struct point *</c>; null for what the kind has.</summary>
    public string? CType { get; init; }

    public bool MaybeNull => (Flags & HelperArgumentFlags.MaybeNull) != 0;

    public bool Releases => (Flags & HelperArgumentFlags.Releases) != 0;
}
