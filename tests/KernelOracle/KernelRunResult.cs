namespace Skep.KernelOracle;

/// <summary>What a test run gave.</summary>
/// <param name="Error">
/// <see cref="Errno.None"/>, or why it did not run. With <see cref="Errno.ENOSPC"/> it did run, and the data did not fit.
/// </param>
/// <param name="ReturnValue">
/// The low 32 bits of R0: the kernel gives no more. <see cref="KernelHarness"/> gets all 64.
/// </param>
/// <param name="DataOut">The packet after the run; empty for program types without one.</param>
/// <param name="ContextOut">The context after the run; empty where none was passed or the type returns none.</param>
/// <param name="DurationNanoseconds">Mean time of a run; 0 for types that are not timed (syscall, raw tracepoint).</param>
public sealed record KernelRunResult(
    Errno Error, uint ReturnValue, byte[] DataOut, byte[] ContextOut, uint DurationNanoseconds);
