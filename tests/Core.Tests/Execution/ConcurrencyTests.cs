using Skep.Contracts;
using Skep.Programs;

namespace Skep.Core.Tests.Execution;

public sealed class ConcurrencyTests
{
    private const int Threads = 8;
    private const int Rounds = 2000;

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void Atomics_lose_nothing(Mode mode)
    {
        using var memory = new GuardedMemory(64);
        using LoadedProgram program = TestProgram.From("""
            r2 = 1
            lock *(u64 *)(r1 +0) += r2
            r3 = 1
            r3 = atomic_fetch_add((u32 *)(r1 +8), r3)
            r4 = 3
            r4 = atomic64_fetch_xor((u64 *)(r1 +16), r4)
            again:
            r0 = *(u64 *)(r1 +24)
            r5 = r0
            r6 = r0
            r6 += 1
            r0 = atomic64_cmpxchg((u64 *)(r1 +24), r0, r6)
            if r0 != r5 goto again
            r0 = r3
            exit
            """).Load(mode);
        ProgramEntry entry = memory.Entry();
        ulong[] sums = new ulong[Threads];
        OnThreads(thread =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                sums[thread] += program.Run(entry).Value;
            }
        });
        const ulong Total = Threads * Rounds;
        Assert.Equal(Total, BitConverter.ToUInt64(memory.Bytes));
        Assert.Equal(Total, BitConverter.ToUInt32(memory.Bytes[8..]));
        Assert.Equal(0u, BitConverter.ToUInt64(memory.Bytes[16..]));
        Assert.Equal(Total, BitConverter.ToUInt64(memory.Bytes[24..]));

        // Each value before was seen exactly once.
        Assert.Equal(Total * (Total - 1) / 2, sums.Aggregate(0ul, (sum, next) => sum + next));
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void Runs_of_one_program_do_not_meet(Mode mode)
    {
        using LoadedProgram program = TestProgram.From("""
            *(u64 *)(r10 -8) = r2
            r6 = r2
            call work
            r1 = *(u64 *)(r10 -8)
            r0 += r1
            r0 += r6
            exit
            work:
            *(u64 *)(r10 -8) = r2
            r6 = 100
            again:
            r6 += -1
            if r6 != 0 goto again
            r0 = *(u64 *)(r10 -8)
            exit
            """).Load(mode);
        OnThreads(thread =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ulong value = (ulong)((thread * Rounds) + i);
                Assert.Equal(3 * value, program.Run(new ProgramEntry(0, value, MemoryRegion.None)).Value);
            }
        });
    }

    private static void OnThreads(Action<int> action)
    {
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            try
            {
                action(index);
            }
#pragma warning disable CA1031 // Carried to the test's own thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(failure);
    }
}
