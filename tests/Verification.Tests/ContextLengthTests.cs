using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;

namespace Skep.Verification.Tests;

/// <summary>A proof rests on the context's length: what is shorter is not run.</summary>
public sealed unsafe class ContextLengthTests
{
    [Theory]
    [InlineData(24, TrapKind.None)]
    [InlineData(16, TrapKind.None)]
    [InlineData(15, TrapKind.MemoryAccess)]
    [InlineData(0, TrapKind.MemoryAccess)]
    public void An_event_that_is_shorter_than_the_proof_takes_it_to_be_traps(int length, TrapKind expected)
    {
        using LoadedProgram program = Load("r0 = *(u64 *)(r1 +8)\nexit", "tracepoint");
        byte* memory = (byte*)NativeMemory.AllocZeroed(32);
        try
        {
            memory[8] = 7;
            var region = new MemoryRegion(length == 0 ? 0 : (nint)memory, (nuint)length, MemoryAccess.Read);
            RunResult result = program.Run(new ProgramEntry((ulong)region.Address, 0, region));

            Assert.Equal(16, program.RequiredContextSize);
            Assert.Equal(expected, result.Trap.Kind);
            Assert.Equal(expected == TrapKind.None ? 7UL : 0UL, result.Value);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void A_context_that_nothing_reads_may_be_missing()
    {
        using LoadedProgram program = Load("r0 = 3\nexit", "tracepoint");
        Assert.Equal(3UL, program.Run(default).Value);
    }

    [Theory]
    [InlineData(false, TrapKind.MemoryAccess)]
    [InlineData(true, TrapKind.None)]
    public void A_pointer_that_is_never_null_by_its_declaration_is_looked_at_before_the_program_runs(bool isThere, TrapKind expected)
    {
        ContextField field = TestProgramTypes.Find("cgroup_sock_addr", isStrict: false).Descriptor.Context.Fields.Single(field => field.Kind == ContextFieldKind.Object);
        using LoadedProgram program = Load($"r2 = *(u64 *)(r1 +{field.Offset})\nr0 = 1\nexit", "cgroup_sock_addr");
        byte[] context = new byte[256];
        context[field.Offset] = isThere ? (byte)8 : (byte)0;
        fixed (byte* memory = context)
        {
            var region = new MemoryRegion((nint)memory, (nuint)context.Length, MemoryAccess.Read);
            Assert.Equal(expected, program.Run(new ProgramEntry((ulong)region.Address, 0, region)).Trap.Kind);
        }
    }

    private static LoadedProgram Load(string text, string type)
    {
        ImmutableArray<Instruction> code = Assembler.Assemble(text).Instructions;
        var spec = new ProgramSpec { Name = "main", Section = type, License = "GPL", Instructions = [.. InstructionEncoder.Encode(code.AsSpan())] };
        LinkedProgram linked = new Linker(TestRegistry.Instance, Limits.Default).Link(spec, TestProgramTypes.Find(type), ImmutableDictionary<string, LoadedMap>.Empty).GetOrThrow();
        VerifiedProgram verified = Verifier.Verify(linked, Limits.Default, VerificationPolicy.Default).GetOrThrow();
        LoweredProgram lowered = Lowerer.Lower(verified, TestRegistry.Instance);
        return new LoadedProgram(new ProgramId(1), lowered, InterpreterEngine.Create(lowered, Limits.Default), "", [], _ => { });
    }
}
