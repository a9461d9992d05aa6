using Skep.Programs;

namespace Skep.Contracts;

/// <summary>
/// A program array whose elements native code finds without help, so that a tail call (<see cref="HelperIntrinsic.TailCall"/>) from machine code into machine code is a jump.
/// </summary>
public interface IJumpTableMap : IObjectMap<LoadedProgram>
{
    /// <summary>The elements as machine code sees them; the map changes and disposes it. The same object as long as the map lives.</summary>
    JumpTable Jumps { get; }
}
