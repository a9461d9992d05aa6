using Skep.Isa;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>Random programs, of all registers and of few, against the interpreter. A failure names its seed.</summary>
public sealed class RandomTests
{
    [Fact]
    public void Same_registers_and_memory()
    {
        Processor.Require();
        for (int seed = 0; seed < 5000 / Processor.Every; seed++)
        {
            var random = new Random(seed);
            Instruction[] body = new ProgramGenerator(seed).Generate(20 + random.Next(60));
            int[] observed = seed % 2 == 0 ? [.. Frames.All] : [.. Frames.All.Where(_ => random.Next(3) == 0)];
            Instruction[] memory = [.. Enumerable.Range(0, 8).SelectMany(Fold)];
            using var differ = new Differ(Frames.Around([.. body, .. memory], [.. observed, 9]), $"seed {seed}\n{string.Join('\n', body.Select((one, slot) => $"{slot + 11}: {one}"))}", Differ.Options[seed % 3]);
            for (int i = 0; i < 3; i++)
            {
                ulong[] context = Frames.Context();
                for (int register = 0; register < Frames.Words; register++)
                {
                    ulong bits = (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();
                    context[register] = random.Next(3) switch { 0 => bits, 1 => (uint)bits, _ => (ulong)((long)bits >> random.Next(64)) };
                }

                differ.Check(context);
            }
        }
    }

    /// <summary>Two words of memory into R9.</summary>
    private static IEnumerable<Instruction> Fold(int pair)
    {
        yield return new(Operation.Load64, 8, 10, -256 + 16 * pair, 0);
        yield return new(pair == 0 ? Operation.Move64Register : Operation.ExclusiveOr64Register, 9, 8, 0, 0);
        yield return new(Operation.Load64, 8, 10, -248 + 16 * pair, 0);
        yield return new(Operation.Multiply64Immediate, 9, 0, 0, 31);
        yield return new(Operation.Add64Register, 9, 8, 0, 0);
    }
}
