using System.Diagnostics;

namespace Skep.Loading.Tests;

public sealed class SpeedTests
{
    /// <summary>The best of several runs, with room to spare for a busy machine: warm, it takes about a tenth of this.</summary>
    [Fact]
    public void Ten_thousand_instructions_open_in_ten_milliseconds()
    {
        byte[] image = Toolchain.Compile(Toolchain.Newest, "large.bpf.c");
        Assert.InRange(Objects.Read(image).Programs.Sum(program => program.Instructions.Length), 10_000, 100_000);
        TimeSpan best = TimeSpan.MaxValue;
        for (int run = 0; run < 40; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Assert.True(ObjectFile.Read(image, "large").IsSuccess);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(10), $"{best.TotalMilliseconds} ms");
        TestContext.Current.SendDiagnosticMessage($"{image.Length} bytes in {best.TotalMilliseconds} ms");
    }
}
