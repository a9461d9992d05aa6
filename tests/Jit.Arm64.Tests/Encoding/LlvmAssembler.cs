using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Skep.Jit.Arm64.Tests.Encoding;

/// <summary>An assembler that others wrote: the machine-code tool of LLVM, one process for a whole list.</summary>
internal static partial class LlvmAssembler
{
    private static readonly string[] Names = ["llvm-mc-14", "llvm-mc-19", "llvm-mc"];

    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The instruction of each line of text.</summary>
    public static async Task<uint[]> Assemble(IEnumerable<string> lines)
    {
        var start = new ProcessStartInfo(Path!, ["--triple=aarch64", "-mattr=+v8.5a,+lse", "--show-encoding"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(string.Join('\n', lines) + "\n");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return [.. Encodings().Matches(await output).Select(Word)];
    }

    private static uint Word(Match match)
        => (uint)Enumerable.Range(1, 4).Sum(i => (long)byte.Parse(match.Groups[i].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 8 * (i - 1));

    [GeneratedRegex(@"encoding: \[0x(..),0x(..),0x(..),0x(..)\]")]
    private static partial Regex Encodings();
}
