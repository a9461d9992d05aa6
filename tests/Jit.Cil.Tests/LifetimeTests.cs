using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Cil.Tests;

public sealed class LifetimeTests
{
    private const int Programs = 1000;

    [Fact]
    public void Code_is_collected_with_its_program()
    {
        WeakReference[] delegates = LoadRunAndDrop();
        for (int i = 0; i < 20 && delegates.Any(reference => reference.IsAlive); i++)
        {
#pragma warning disable RS0030 // Code has no load context to probe: it is seen to be gone by its delegates.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, delegates.Count(reference => reference.IsAlive));
    }

    [Fact]
    public void A_program_runs_in_many_threads_at_once()
    {
        using LoadedProgram program = TestProgram.From("r2 = *(u64 *)(r1 +0)\nr0 = 0\n*(u64 *)(r10 -8) = r2\nround: r3 = r10\nr3 += -8\nr4 = *(u64 *)(r3 +0)\nr0 += r4\nr4 -= 1\n*(u64 *)(r3 +0) = r4\nif r4 != 0 goto round\nexit").LoadCil();
        Parallel.For(1, 200, number =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal((ulong)(number * (number + 1) / 2), CilRun.Run(program, [(ulong)number]).Value);
            }
        });
    }

    [Fact]
    public void Atomics_are_indivisible()
    {
        const int threads = 4, rounds = 20_000;
        using LoadedProgram program = TestProgram.From("""
            r2 = 1
            lock *(u64 *)(r1 +0) += r2
            r2 = atomic64_fetch_add((u64 *)(r1 +8), r2)
            r2 = 1
            lock *(u64 *)(r1 +16) ^= r2
            again:
            r0 = *(u64 *)(r1 +24)
            r3 = r0
            r3 += 1
            r4 = r0
            r0 = atomic64_cmpxchg((u64 *)(r1 +24), r0, r3)
            if r0 != r4 goto again
            exit
            """).LoadCil();
        ulong[] memory = GC.AllocateArray<ulong>(4, pinned: true);
        Parallel.For(0, threads, _ =>
        {
            for (int i = 0; i < rounds; i++)
            {
                CilRun.Run(program, memory);
            }
        });
        Assert.Equal([threads * rounds, threads * rounds, 0, threads * rounds], memory);
    }

    [Fact]
    public void Long_programs_are_compiled_and_longer_ones_refused()
    {
        static TestProgram Long(int slots) => CilRun.Program([
            CilRun.Make(Operation.Move64Immediate),
            .. Enumerable.Range(0, slots - 2).Select(i => CilRun.Make(Operation.Add64Immediate, 0, 0, 0, i)),
            CilRun.Make(Operation.Exit)]);

        using LoadedProgram program = Long(10_000).LoadCil();
        Assert.Equal(9_998UL * 9_997 / 2, program.Run(default).Value);
        Assert.Throws<NotSupportedException>(() => Long(CilBackend.MaxSlots + 1).LoadCil());
    }

    [Fact]
    public void The_descriptor_says_what_it_is()
    {
        var backend = new CilBackend();
        Assert.Equal("cil", backend.Descriptor.Name);
        Assert.Null(backend.Descriptor.Architecture);
        Assert.Null(backend.FindObstacle());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] LoadRunAndDrop()
    {
        var references = new WeakReference[Programs];
        for (int i = 0; i < Programs; i++)
        {
            LoweredProgram lowered = TestProgram.From($"r0 = {i}\nr1 = r0\ncall other\nexit\nother:\nr0 = r1\nr0 += 1\nexit").Proved().Lower();
            var entry = (ManagedEntry)new CilBackend().Compile(lowered, JitOptions.Default);
            Assert.Equal((ulong)i + 1, Run(entry));
            references[i] = new WeakReference(entry.Main);
        }

        return references;
    }

    private static unsafe ulong Run(ManagedEntry entry)
    {
        var invocation = default(Invocation);
        return entry.Main(&invocation, 0, 0, 0, 0, 0);
    }
}
