namespace Skep.Contracts;

/// <summary>A helper set of which some helpers are C functions too: machine code calls those without entering the .NET runtime.</summary>
public interface INativeHelperSet : IHelperSet
{
    /// <summary>
    /// The address of a function in the platform's C calling convention that does what the helper does: it may take any of the parameters of <c>ulong (Invocation*, ulong r1, …,
    /// ulong r5)</c> from the left and returns R0. It runs no managed code, does not wait, and stays where it is as long as the process.
    /// </summary>
    /// <param name="helper">One of this set, which releases nothing, acquires nothing, calls nothing back and takes no lock.</param>
    /// <returns>0 when there is none here.</returns>
    nint GetNativeFunction(HelperDescriptor helper);
}
