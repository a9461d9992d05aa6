using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Programs;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>A program in the interpreter and in machine code, run side by side on the same memory.</summary>
internal sealed unsafe class Differ : IDisposable
{
    private readonly LoadedProgram _expected;
    private readonly List<(JitOptions Options, LoadedProgram Program)> _actual = [];
    private readonly string _name;
    private int? _pointer;

    internal Differ(TestProgram program, string name, params IEnumerable<JitOptions> options)
    {
        _name = name;
        _expected = program.Load(Mode.Unchecked);
        foreach (JitOptions option in options)
        {
            _actual.Add((option, program.Load(lowered => new NativeTestEngine(lowered, option))));
        }
    }

    /// <summary>Runs all on copies of <paramref name="context"/>, R1 pointing to it.</summary>
    internal void Check(ReadOnlySpan<ulong> context, MemoryRegion packet = default)
    {
        ulong* memory = stackalloc ulong[context.Length];
        var seen = new ulong[context.Length];
        Fill(context, memory);
        RunResult expected = Run(_expected, memory, context.Length, packet);
        new Span<ulong>(memory, context.Length).CopyTo(seen);
        foreach ((JitOptions options, LoadedProgram program) in _actual)
        {
            Fill(context, memory);
            RunResult actual = Run(program, memory, context.Length, packet);
            bool same = actual == expected && new Span<ulong>(memory, context.Length).SequenceEqual(seen);
            Assert.True(same, same ? "" : $"{_name} (blinded {options.BlindConstants}, features {options.Features?.Count})\nin       {Text(context)}\nexpected {expected} {Text(seen)}\nactual   {actual} {Text(new(memory, context.Length))}");
        }
    }

    /// <summary>Runs all on a context of random words, of which the tenth, R9 of <see cref="Frames"/>, is the context's own address.</summary>
    internal void CheckRandom(Random random)
    {
        ulong[] context = new ulong[2 * Frames.Words];
        foreach (ref ulong word in context.AsSpan(0, Frames.Words))
        {
            word = random.Next(4) switch
            {
                0 => (ulong)random.NextInt64(-4, 5),
                1 => (uint)random.Next(int.MinValue, int.MaxValue),
                2 => 1UL << random.Next(64),
                _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            };
        }

        _pointer = 9;
        Check(context);
    }

    public void Dispose()
    {
        _expected.Dispose();
        _actual.ForEach(entry => entry.Program.Dispose());
    }

    private void Fill(ReadOnlySpan<ulong> context, ulong* memory)
    {
        context.CopyTo(new Span<ulong>(memory, context.Length));
        if (_pointer is { } word)
        {
            memory[word] = (ulong)memory;
        }
    }

    private static RunResult Run(LoadedProgram program, ulong* memory, int words, MemoryRegion packet)
        => program.Run(new ProgramEntry((ulong)memory, 0, new MemoryRegion((nint)memory, (nuint)words * 8, MemoryAccess.ReadWrite), packet));

    private static string Text(ReadOnlySpan<ulong> words) => string.Join(' ', words.ToArray().Select(word => word.ToString("x")));
}
