using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Execution;
using Skep.Execution.Engines;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Jit.Cil.Tests;

/// <summary>Programs on the CIL back end, past the verifier.</summary>
internal static unsafe class CilRun
{
    public const int StackBytes = 512;

    public static LoadedProgram LoadCil(this TestProgram program, JitOptions? options = null)
        => program.Proved().Load(lowered => Engine(lowered, program.Limits, options));

    public static ProgramEngine Engine(LoweredProgram lowered, Limits limits, JitOptions? options = null)
        => new ManagedEngine("cil", lowered, (ManagedEntry)new CilBackend().Compile(lowered, options ?? JitOptions.Default), limits);

    /// <summary>The program as if every path of it had been proved.</summary>
    public static TestProgram Proved(this TestProgram program)
        => program with { Proof = Proof.Full, StackBytes = program.StackBytes == 0 ? StackBytes : program.StackBytes };

    /// <summary>Runs on memory that R1 points to.</summary>
    public static RunResult Run(LoadedProgram program, Span<ulong> memory)
    {
        fixed (ulong* first = memory)
        {
            var region = new MemoryRegion((nint)first, (nuint)memory.Length * sizeof(ulong), MemoryAccess.ReadWrite);
            return program.Run(new ProgramEntry((ulong)first, 0, region));
        }
    }

    /// <summary>Runs the program on the interpreter and on the back end, with and without blinded constants: result, trap and memory are the same.</summary>
    public static RunResult Compare(TestProgram program, params ulong[] memory)
    {
        using LoadedProgram reference = program.Proved().Load(program.FuelSlots.IsEmpty ? Mode.Unchecked : Mode.Fueled);
        ulong[] expectedMemory = [.. memory];
        RunResult expected = Run(reference, expectedMemory);
        foreach (bool blinds in (ReadOnlySpan<bool>)[false, true])
        {
            using LoadedProgram compiled = program.LoadCil(new JitOptions { BlindConstants = blinds });
            ulong[] actualMemory = [.. memory];
            RunResult actual = Run(compiled, actualMemory);
            Assert.Equal(expected, actual);
            Assert.Equal(expectedMemory, actualMemory);
        }

        return expected;
    }

    public static Instruction Make(Operation operation, int destination = 0, int source = 0, int offset = 0, long immediate = 0)
        => new(operation, (byte)destination, (byte)source, offset, immediate);

    public static TestProgram Program(IEnumerable<Instruction> instructions) => new() { Instructions = [.. instructions] };

    /// <summary>Numbers at which something changes.</summary>
    public static ImmutableArray<ulong> Values { get; } =
    [
        0, 1, 2, 7, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x1234_5678_9abc_def0,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ];

    public static ImmutableArray<long> Immediates { get; } = [0, 1, 2, 3, 7, 10, 31, 32, 33, 63, 64, 255, 256, 1000, int.MaxValue, int.MinValue, -1, -2, -1000];
}
