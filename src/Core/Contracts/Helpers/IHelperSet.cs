namespace Skep.Contracts;

/// <summary>
/// A group of functions that programs may call. Built once a runtime; may keep state, which all programs of the runtime share, so functions are
/// thread-safe.
/// </summary>
public interface IHelperSet
{
    HelperSetDescriptor Descriptor { get; }

    /// <summary>The function behind a helper of this set; asked once for each helper when the runtime is built.</summary>
    HelperFunction GetFunction(HelperDescriptor helper);
}

/// <summary>
/// A helper's code. Engines call it only with arguments that satisfy the descriptor (proved by the verifier or checked at
/// run time); an exception is caught by the engine, counted on the program, and the program gets the helper's error value.
/// </summary>
/// <param name="invocation">The run that calls; valid for the call.</param>
public unsafe delegate ulong HelperFunction(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5);
