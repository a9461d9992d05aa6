using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>A named group of helpers.</summary>
/// <param name="Name">The set's identity, such as <c>base</c> or <c>acme.geo</c>.</param>
public sealed record HelperSetDescriptor(string Name, ImmutableArray<HelperDescriptor> Helpers);

/// <summary>What a helper does with the lock in its <see cref="HelperArgumentKind.SpinLock"/> argument.</summary>
public enum LockEffect : byte
{
    None,

    /// <summary>Takes it; nothing but <see cref="Release"/> of the same lock may be called before it is given back.</summary>
    Acquire,

    Release,
}

/// <summary>A helper's prototype: all that the verifier, the engines and the generated C header know of it.</summary>
/// <param name="Name">The helper's identity: the kernel's name (<c>bpf_map_lookup_elem</c>) or a qualified one (<c>acme.geo/country</c>).</param>
public sealed record HelperDescriptor(string Name)
{
    /// <summary>The kernel's number, only for the kernel's own helpers; others are called by name.</summary>
    public HelperNumber? Number { get; init; }

    /// <summary>One sentence for lists and the C header.</summary>
    public string Description { get; init; } = "";

    /// <summary>At most five, in the order of R1 to R5.</summary>
    public ImmutableArray<HelperArgument> Arguments { get; init; } = [];

    /// <summary>The function also looks at the registers after the last argument, up to R5, whatever they hold (<c>bpf_trace_printk</c>'s values).</summary>
    public bool IsVariadic { get; init; }

    /// <summary>How many registers from R1 on the function looks at.</summary>
    public int ArgumentRegisters => IsVariadic ? 5 : Arguments.Length;

    public HelperResult Result { get; init; } = HelperResult.Integer;

    /// <summary>Only programs under a GPL-compatible licence may call it.</summary>
    public bool IsGplOnly { get; init; }

    /// <summary>Names of the program types that may call it; empty serves all. It is what overrides a helper for one program type.</summary>
    public ImmutableArray<string> ProgramTypes { get; init; } = [];

    /// <summary>Packet pointers are stale after the call.</summary>
    public bool InvalidatesPackets { get; init; }

    public LockEffect Lock { get; init; }

    /// <summary>
    /// On success the call does not return: another program takes this one's place (<c>bpf_tail_call</c>). So it is an end of the program too, at
    /// which nothing may be held.
    /// </summary>
    public bool IsTailCall { get; init; }

    /// <summary>The helper does exactly what this says, so that code may do it without calling the helper.</summary>
    public HelperIntrinsic Intrinsic { get; init; }

    /// <summary>The C identifier by which a program names a helper without a number: the name with all but letters and digits as <c>_</c>.</summary>
    public string CIdentifier { get; } = string.Create(Name.Length, Name, static (text, name) =>
    {
        for (int i = 0; i < name.Length; i++)
        {
            text[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
        }
    });
}
