using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Random programs against the interpreter.</summary>
public class RandomTests
{
    private const int Programs = 1500;
    private const int RunsEach = 6;

    [Theory]
    [InlineData(12)]
    [InlineData(60)]
    [InlineData(300)]
    public void Same_result_as_the_interpreter(int length)
    {
        for (int seed = 0; seed < Programs * 12 / Math.Max(length, 12) + 200; seed++)
        {
            var random = new Random(seed);
            int[] observed = [.. Frames.All.Where(register => register == 9 || random.Next(3) > 0)];
            Instruction[] body = new ProgramGenerator(seed * 1000 + length).Generate(length + 16);
            using var differ = new Differ(Frames.Around(body, observed), $"length {length}, seed {seed}\n{string.Join('\n', body.Select((instruction, slot) => $"{slot}: {instruction}"))}\n", Frames.Options);
            for (int run = 0; run < RunsEach; run++)
            {
                differ.CheckRandom(random);
            }
        }
    }
}
