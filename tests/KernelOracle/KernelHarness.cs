using System.Runtime.InteropServices;

namespace Skep.KernelOracle;

/// <summary>What the kernel made of a snippet.</summary>
/// <param name="Error"><see cref="Errno.None"/> if it ran.</param>
/// <param name="R0">All 64 bits of what it returned; 0 if it did not run.</param>
/// <param name="Log">The verifier's log if it was refused.</param>
public sealed record KernelSnippetResult(Errno Error, ulong R0, string Log);

/// <summary>
/// Runs snippets of eBPF on the kernel and gets all of R0, of which a test run returns the low half only.
/// </summary>
/// <remarks>
/// The snippet becomes a program-local function, which ends with EXIT as often as it likes, and may call functions of its
/// own. A short main program around it passes the arguments and stores R0 into its context. That costs one of the eight
/// frames and 32 of the 512 bytes of stack, which the kernel counts over all frames of a program together.
/// </remarks>
public static class KernelHarness
{
    private const int Context = 6;

    /// <summary>Runs a computation on numbers.</summary>
    /// <param name="snippet">The instructions; on entry R1 to R5 are numbers that the verifier knows nothing about.</param>
    /// <param name="arguments">What R1 and the following hold, at most five; the others hold 0.</param>
    public static KernelSnippetResult RunAlu(ReadOnlySpan<ulong> snippet, params ReadOnlySpan<ulong> arguments)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, 5, nameof(arguments));
        Span<ulong> context = stackalloc ulong[6];
        arguments.CopyTo(context[1..]);
        ReadOnlySpan<ulong> loadArguments =
        [
            Slots.Load64(1, Context, 8),
            Slots.Load64(2, Context, 16),
            Slots.Load64(3, Context, 24),
            Slots.Load64(4, Context, 32),
            Slots.Load64(5, Context, 40),
        ];
        return Run(loadArguments, snippet, context);
    }

    /// <summary>Runs a computation on memory.</summary>
    /// <param name="snippet">
    /// The instructions; on entry R1 points to the memory, whose size the verifier knows, and R2 is its length.
    /// </param>
    /// <param name="memory">At least one byte; holds what the snippet left there, if it ran.</param>
    public static KernelSnippetResult RunMemory(ReadOnlySpan<ulong> snippet, Span<byte> memory)
    {
        if (memory.IsEmpty)
        {
            throw new ArgumentException("the memory is empty; the kernel has no empty map values", nameof(memory));
        }

        using KernelMap map = KernelMap.Create(KernelMapType.Array, sizeof(uint), memory.Length, maxEntries: 1);
        ReadOnlySpan<byte> key = [0, 0, 0, 0];
        Require(map.Update(key, memory));
        ReadOnlySpan<ulong> loadArguments = [Slots.LoadMapValue(1, map.Fd), 0, Slots.MovImmediate(2, memory.Length)];
        KernelSnippetResult result = Run(loadArguments, snippet, stackalloc ulong[1]);
        if (result.Error == Errno.None)
        {
            Require(map.Lookup(key, memory));
        }

        return result;
    }

    private static KernelSnippetResult Run(
        ReadOnlySpan<ulong> loadArguments, ReadOnlySpan<ulong> snippet, ReadOnlySpan<ulong> context)
    {
        ReadOnlySpan<ulong> storeResult = [Slots.Store64(Context, 0, 0), Slots.MovImmediate(0, 0), Slots.Exit];
        ulong[] slots =
            [Slots.Mov(Context, 1), .. loadArguments, Slots.CallLocal(storeResult.Length), .. storeResult, .. snippet];

        KernelLoadResult loaded = KernelProgram.TryLoad(
            slots, KernelProgramType.Syscall, flags: KernelProgramFlags.Sleepable);
        if (!loaded.IsAccepted)
        {
            return new KernelSnippetResult(loaded.Error, 0, loaded.Log);
        }

        using KernelProgram program = loaded.Program;
        KernelRunResult run = program.TestRun(contextIn: MemoryMarshal.AsBytes(context));
        ulong r0 = run.Error == Errno.None ? MemoryMarshal.Read<ulong>(run.ContextOut) : 0;
        return new KernelSnippetResult(run.Error, r0, "");
    }

    private static void Require(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"the harness' own map answered {error}");
        }
    }
}
