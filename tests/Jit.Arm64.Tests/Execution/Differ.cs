using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Execution.Engines;
using Skep.Execution.Native;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>A program in the interpreter and in machine code, run side by side on the same memory.</summary>
internal sealed unsafe class Differ : IDisposable
{
    // An emulator sees that code is new where protection changes, not where it is written through another mapping (QEMU before 8.1).
    private static readonly CodeArena Arena = Processor.Every > 1
        ? new(Limits.Default, CodeArenaOptions.Default, () => new FlippedMemory())
        : new(Limits.Default, CodeArenaOptions.Default);

    private readonly LoadedProgram _expected;
    private readonly List<(JitOptions Options, LoadedProgram Program)> _actual = [];
    private readonly string _name;

    internal Differ(TestProgram program, string name, params IEnumerable<JitOptions> options)
    {
        Processor.Require();
        _name = name;
        _expected = program.Load(program.FuelSlots.IsEmpty ? Mode.Unchecked : Mode.Fueled);
        foreach (JitOptions option in options)
        {
            _actual.Add((option, program.Load(lowered => Compile(lowered, option, program.Limits))));
        }
    }

    /// <summary>The options that tests go through: with and without further instructions, and blinded.</summary>
    internal static ImmutableArray<JitOptions> Options =>
    [
        JitOptions.Default with { Features = ["lse"] },
        JitOptions.Default with { Features = [] },
        JitOptions.Default with { BlindConstants = true },
    ];

    internal static NativeEngine Compile(LoweredProgram lowered, JitOptions options, Limits limits)
        => new("arm64", lowered, (NativeImage)new Arm64Backend().Compile(lowered, options), Arena, limits);

    /// <summary>Runs all on copies of <paramref name="context"/>, R1 pointing to it.</summary>
    internal void Check(ReadOnlySpan<ulong> context, MemoryRegion packet = default)
    {
        ulong* memory = stackalloc ulong[context.Length + 1];
        var seen = new ulong[context.Length];
        context.CopyTo(new Span<ulong>(memory, context.Length));
        RunResult expected = Run(_expected, memory, context.Length, packet);
        new Span<ulong>(memory, context.Length).CopyTo(seen);
        foreach ((JitOptions options, LoadedProgram program) in _actual)
        {
            context.CopyTo(new Span<ulong>(memory, context.Length));
            RunResult actual = Run(program, memory, context.Length, packet);
            bool same = actual == expected && new Span<ulong>(memory, context.Length).SequenceEqual(seen);
            Assert.True(
                same,
                same ? "" : $"{_name} (blinded {options.BlindConstants}, features {options.Features?.Count})\nin       {Text(context)}\nexpected {expected} {Text(seen)}\nactual   {actual} {Text(new(memory, context.Length))}");
        }
    }

    public void Dispose()
    {
        _expected.Dispose();
        _actual.ForEach(entry => entry.Program.Dispose());
    }

    private static RunResult Run(LoadedProgram program, ulong* memory, int words, MemoryRegion packet)
        => program.Run(new ProgramEntry((ulong)memory, 0, new MemoryRegion((nint)memory, (nuint)words * 8, MemoryAccess.ReadWrite), packet));

    private static string Text(ReadOnlySpan<ulong> words) => string.Join(' ', words.ToArray().Select(word => word.ToString("x")));
}
